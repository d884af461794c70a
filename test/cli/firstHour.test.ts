// What is said before a distillation begins: the images, their sizes, the test part, the time.

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runCli, startCli, until } from "../support-cli.ts";

let cwd: string;

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "datadam-first-"));
  for (const [folder, width, count] of [
    ["mixed", 20, 5],
    ["equal", 0, 5],
    ["few", 0, 4],
  ] as const) {
    for (const name of ["ant", "bee"]) {
      mkdirSync(join(cwd, folder, name), { recursive: true });
      for (let n = 0; n < count; n++) {
        const pixels = { width: 40 + width * n, height: 30, channels: 3 as const };
        const data = Uint8Array.from({ length: pixels.width * 90 }, (_, i) => (31 * n + i * name.length * 7) & 255);
        await sharp(data, { raw: pixels })
          .png()
          .toFile(join(cwd, folder, name, `${n}.png`));
      }
    }
  }
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const QUICK = ["--preset", "quick", "--ipc", "1", "--iterations", "1", "--set", "width=4", "--set", "batchReal=2"];

it.each([
  [[], "2500 training images of 10 classes, 32 x 32 px, grey; 600 images for testing"],
  [
    ["--dataset", "mixed", "--size", "16"],
    "8 training images of 2 classes, 30 x 40 to 30 x 120 px (10 looked at), which become 16 x 16 px; 2 images held " +
      "out for testing (--split 0.8)",
  ],
  [
    ["--dataset", "equal", "--split", "0.6", "--size", "16"],
    "6 training images of 2 classes, 30 x 40 px, which become 16 x 16 px; 4 images held out for testing (--split 0.6)",
  ],
  [
    ["--dataset", "equal", "--split", "1", "--size", "16"],
    "10 training images of 2 classes, 30 x 40 px, which become 16 x 16 px; no test part, so that the result cannot " +
      "be evaluated on it",
  ],
  [
    ["--dataset", "few", "--size", "16"],
    "8 training images of 2 classes, 30 x 40 px, which become 16 x 16 px; no test part, so that the result cannot be " +
      "evaluated on it",
  ],
  [
    ["--dataset", "equal", "--hold-out", "2", "--size", "16"],
    "6 training images of 2 classes, 30 x 40 px, which become 16 x 16 px; 4 images held out of the training part for " +
      "choosing settings; the test images are not looked at",
  ],
])("a distillation of %j says what it works on", async (words, said) => {
  const { code, stderr } = await runCli(["distill", ...words, ...QUICK], { cwd });
  expect(code, stderr).toBe(0);
  expect(stderr.split("\n")).toContain(said);
});

it("holds out the same images when a run is resumed and evaluated, none of a set that is looked at", async () => {
  const run = async (...words: string[]) => {
    const { code, stdout, stderr } = await runCli(words, { cwd });
    expect(code, stderr).toBe(0);
    return { stdout, stderr };
  };
  const begun = ["distill", "--dataset", "equal", "--size", "16", ...QUICK, "--out", "run"];
  await run(...begun);
  const { dataset } = JSON.parse(readFileSync(join(cwd, "run/record.json"), "utf8"));
  expect(dataset).toMatchObject({ split: 0.8, count: 8 });
  expect((await run(...begun, "--iterations", "2")).stderr).toContain("resuming");
  const { stderr } = await run("evaluate", "run", "--networks", "1", "--no-random");
  expect(stderr).toContain("testing 2/2");
  expect((await run("data", "info", "equal")).stdout).toMatch(/training: 10 images.*\nno test part/);
  const few = await run("distill", "--dataset", "few", ...QUICK, "--plan");
  expect(few.stderr).toMatch(/No images of ".*few" are held out for testing, since the class "ant" has only 4\./);
}, 300_000);

it("says once how long it will take, after its first steps", async () => {
  const words = ["distill", "--ipc", "1", "--preset", "quick", "--iterations", "9000000", "--set", "width=8"];
  const cli = startCli([...words, "--set", "batchReal=8", "--out", "long"], { cwd });
  await until(cli, () => (cli.stderr().match(/distilling \d+/g) ?? []).length >= 4);
  cli.child.kill("SIGINT");
  const { stderr } = await cli.finished;
  const told = stderr.match(/^\d+ more iterations take about \d+ h \d\d min; Ctrl-C keeps what is done$/gm);
  expect(told, stderr).toHaveLength(1);
}, 120_000);
