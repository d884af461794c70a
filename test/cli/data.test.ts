// `datadam data ...`: what is known, where it lies, what is in it.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { colour, tree } from "../data/files.ts";
import { type CliResult, runCli } from "../support-cli.ts";

/** Runs in a folder with its own file of places. */
const run = (cwd: string, ...words: string[]): Promise<CliResult> =>
  runCli(words, { cwd, env: { DATADAM_PLACES: join(cwd, "places.json") } });

describe("data info", () => {
  it("tells classes, statistics and duplicates, and warns of what spoils a result", async () => {
    const root = tree({
      "squares/train/red/1.png": colour([255, 0, 0]),
      "squares/train/red/2.png": colour([255, 0, 0]),
      "squares/train/red/3.png": colour([250, 0, 0]),
      "squares/train/red/4.png": colour([240, 0, 0]),
      "squares/train/blue/1.png": colour([255, 0, 0]),
      "squares/test/red/1.png": colour([240, 0, 0]),
      "squares/test/blue/1.png": colour([0, 0, 255]),
    });
    const { code, stdout, stderr } = await run(root, "data", "info", "squares", "--size", "4", "--json");
    expect(code, stderr).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      shape: [3, 4, 4],
      train: { count: 5, duplicates: 2, conflicts: 2 },
      test: { count: 2, duplicates: 0, conflicts: 0 },
      leaked: 1,
    });
    expect(report.train.classes).toEqual([
      { name: "blue", count: 1 },
      { name: "red", count: 4 },
    ]);
    expect(report.train.mean[0]).toBeCloseTo((255 * 3 + 250 + 240) / 5 / 255, 10);
    expect(stderr.split("\n").filter((line) => line.startsWith("warning: "))).toEqual([
      'warning: training classes are out of balance: "red" has 4 images, "blue" 1',
      "warning: 2 training images are there more than once, 2 of them under another label",
      "warning: 1 test image is a training image too: accuracies will be too high",
    ]);
  });

  it("finds nothing wrong with the built-in set", async () => {
    const { stdout, stderr } = await run(tree({}), "data", "info", "builtin");
    expect(stdout).toMatch(/^builtin: 10 classes, 32 x 32 px, grey, never mirrored\ntraining: 2500 images, mean /);
    expect(stderr).toBe("");
  });
});

it("data preview draws a row a class", async () => {
  const root = tree({});
  const words = ["data", "preview", "builtin", "--out", "new/grid.png", "--per-class", "3", "--part", "test"];
  const { code, stdout } = await run(root, ...words);
  expect([code, stdout.split("\n").slice(0, 2)]).toEqual([0, ["new/grid.png", "1  A"]]);
  const header = readFileSync(join(root, "new/grid.png")).subarray(16, 24);
  // Two blocks of five rows: letters twice as large, and small images too.
  const block = 2 * 5 + 8 + (3 * 66 - 2) + 16;
  expect([header.readUInt32BE(0), header.readUInt32BE(4)]).toEqual([2 * block, 5 * 66 + 2]);
});

describe("data add", () => {
  it("refuses what is no such data set, and remembers nothing", async () => {
    const root = tree({ "empty/readme.txt": "nothing" });
    const bad = await run(root, "data", "add", "cifar10", "empty");
    expect([bad.code, bad.stderr]).toEqual([1, expect.stringContaining('empty" does not hold CIFAR-10')]);
    const unknown = await run(root, "data", "add", "cifar11", "empty");
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('"cifar11" is not the name')]);
    const list = JSON.parse((await run(root, "data", "list", "--json")).stdout);
    expect(list).toContainEqual(expect.objectContaining({ name: "cifar10", here: false }));
    expect(list[0]).toMatchObject({ name: "builtin", here: true });
  });

  it("fetches only what was agreed to", async () => {
    const root = tree({});
    const declined = await run(root, "data", "add", "cifar10", "new", "--download");
    expect([declined.code, declined.stderr]).toEqual([
      2,
      "error: Nothing was fetched\nhint: Answer y, or give --yes.\n",
    ]);
    const unknown = await run(root, "data", "add", "svhn", "new", "--download", "--yes");
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining("no checksum of it is on record")]);
    const nowhere = await run(root, "data", "add", "cifar10");
    expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining("Where does cifar10 lie?")]);
    expect(readdirSync(root)).toEqual([]);
  });

  it("has its place used where --data-dir is not given", async () => {
    const root = tree({ "places.json": JSON.stringify({ cifar10: "/gone/cifar" }) });
    const { code, stderr } = await run(root, "distill", "--dataset", "cifar10", "--out", "run");
    expect([code, stderr]).toEqual([1, expect.stringContaining('There is no file or folder "/gone/cifar"')]);
    expect((await run(root, "data", "list")).stdout).toContain("/gone/cifar (gone)");
  });

  it("says so where the file of places is damaged", async () => {
    const { code, stderr } = await run(tree({ "places.json": "[1, 2" }), "data", "list");
    expect([code, stderr]).toEqual([1, expect.stringContaining("is not a JSON object of paths by data set")]);
  });
});
