// `datadam table`: its records, kills, several processes, files, what fails.

import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeSafetensors, encodePng, encodeSafetensors } from "../../src/formats/index.ts";
import type { CellResult } from "../../src/lab/tables/index.ts";
import { buildNetwork, initialize } from "../../src/nn/index.ts";
import { Key } from "../../src/random/index.ts";
import { runCli, startCli } from "../support-cli.ts";

const SMALL = {
  title: "Stripes",
  dataset: "stripes",
  split: 0.5,
  networks: 2,
  epochs: 2,
  config: { width: 4, batchReal: 2 },
  columns: [
    { name: "IPC 1", ipc: 1 },
    { name: "MLP", ipc: 1, arch: "mlp" },
  ],
  rows: [
    {
      name: "Random",
      select: "random",
      cells: { "IPC 1": { published: { mean: 0, std: 2, source: "nobody" } } },
    },
    { name: "Herding", select: "herding" },
    { name: "DM", distill: "dm", config: { iterations: 3 } },
    { name: "whole set", whole: true, epochs: 1 },
    { name: "nothing", distill: "datadam", config: { attentionWeight: 0, lambda: 0 } },
  ],
};

let cwd: string;

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "datadam-table-"));
  for (const [label, name] of ["across", "down"].entries()) {
    mkdirSync(join(cwd, "stripes", name), { recursive: true });
    for (let image = 0; image < 8; image++) {
      const data = Uint8Array.from({ length: 64 }, (_, i) =>
        ((label === 0 ? i >> 3 : i) + image) % 2 === 0 ? 200 + image : (37 * i * (image + 1)) % 100,
      );
      writeFileSync(join(cwd, "stripes", name, `${image}.png`), encodePng(data, { width: 8, height: 8, channels: 1 }));
    }
  }
  writeTable("small", SMALL);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

function writeTable(name: string, content: unknown): void {
  writeFileSync(join(cwd, `${name}.json`), JSON.stringify(content));
}

/** Content of all records by name. */
function records(name: string): Record<string, string> {
  const folder = join(cwd, `${name}.records`);
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((file) => [file, readFileSync(join(folder, file), "utf8")]),
  );
}

/** The job of a folder. */
function jobOf(folder: string): { readonly kind: string } | undefined {
  const path = join(cwd, folder, "job.json");
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

describe("datadam table", { timeout: 300_000 }, () => {
  let printed: string;

  it("measures every cell; columns that differ in the evaluation share a set", async () => {
    const dry = await runCli(["table", "small.json", "--dry-run"], { cwd });
    expect(dry.stdout.split("\n").slice(-4)).toEqual([
      "whole set, IPC 1, seed 0: trained on; 1 network, whole, 1 epoch",
      "whole set, MLP, seed 0: trained on; 1 network, whole, 1 epoch",
      "8 of 8 to do",
      "",
    ]);
    const { code, stdout, stderr } = await runCli(["table", "small.json"], { cwd });
    expect(code, stderr).toBe(0);
    printed = stdout;
    expect(stdout).toMatch(
      /\| Random \| \d+\.\d( ± \d+\.\d)? \(published 0\.0 ± 2\.0, \+\d+\.\d†\) \| \d+\.\d( ± \d+\.\d)? \|/,
    );
    expect(stdout).toMatch(/^\| whole set \| \d+\.\d \| \d+\.\d \|$/m);
    expect(stdout).toContain("| nothing | left out | left out |");
    expect(Object.keys(records("small")).map((name) => name.replace(/-[0-9a-f]{16}/, ""))).toEqual([
      "data-stripes-split0.5.json",
      ...[
        "dm-ipc1.json",
        "dm-ipc1.json",
        "herding-ipc1.json",
        "herding-ipc1.json",
        "random-ipc1.json",
        "random-ipc1.json",
        "whole.json",
        "whole.json",
      ],
    ]);
    const sets = readdirSync(join(cwd, "runs/table-small")).filter((name) => /^[0-9a-f]{16}$/.test(name));
    expect(sets).toHaveLength(4);
  });

  it("prints from its records alone, without data, sets or network", async () => {
    mkdirSync(join(cwd, "elsewhere"));
    for (const name of ["small.json", "small.records"]) {
      cpSync(join(cwd, name), join(cwd, "elsewhere", name), { recursive: true });
    }
    const { code, stdout, stderr } = await runCli(["table", "elsewhere/small.json"], { cwd });
    expect([code, stdout, stderr]).toEqual([0, printed, ""]);
  });

  it("killed at any moment and started again ends with the same table and the same records", async () => {
    writeTable("killed", SMALL);
    const words = ["table", "killed.json", "--progress", "json"];
    for (const seen of ['"stage":"evaluating Random', '"stage":"distilling"', '"stage":"evaluating DM, MLP']) {
      const cli = startCli(words, { cwd, pauseAt: seen });
      await cli.paused();
      cli.child.kill("SIGKILL");
      expect((await cli.finished).signal, cli.stderr()).toBe("SIGKILL");
    }
    const { code, stdout, stderr } = await runCli(words, { cwd });
    expect(code, stderr).toBe(0);
    expect(stdout).toBe(printed);
    expect(records("killed")).toEqual(records("small"));
  });

  it("is shared by processes: each cell is measured once", async () => {
    writeTable("shared", SMALL);
    const words = ["table", "shared.json", "--progress", "plain"];
    const both = await Promise.all([runCli(words, { cwd }), runCli(words, { cwd })]);
    for (const { code, stdout, stderr } of both) expect([code, stdout], stderr).toEqual([0, printed]);
    const output = both.map(({ stderr }) => stderr).join("");
    expect(output.match(/^distilling 3\/3/gm)).toHaveLength(1);
    for (const title of ["Random, IPC 1", "Random, MLP", "DM, IPC 1", "DM, MLP"]) {
      expect(output.split("\n").filter((line) => line.startsWith(`evaluating ${title} 100 %`))).toHaveLength(1);
    }
    expect(records("shared")).toEqual(records("small"));
  });

  it("says before any work that a file is not there", async () => {
    writeTable("lost", {
      ...SMALL,
      rows: [{ name: "theirs", path: "nowhere.pt" }],
      columns: SMALL.columns.slice(0, 1),
    });
    const dry = await runCli(["table", "lost.json", "--dry-run"], { cwd });
    expect(dry.stdout).toContain("theirs, IPC 1, seed 0: there is no nowhere.pt");
  });

  it("trains only the networks that are missing where more are asked for", async () => {
    writeTable("more", { ...SMALL, networks: 3, rows: SMALL.rows.slice(2, 3), columns: SMALL.columns.slice(0, 1) });
    cpSync(join(cwd, "small.records"), join(cwd, "more.records"), { recursive: true });
    const dry = await runCli(["table", "more.json", "--dry-run"], { cwd });
    expect(dry.stdout).toContain("; 1 network, quick");
    const { code, stderr } = await runCli(["table", "more.json", "--work", "runs/table-small"], { cwd });
    expect(code, stderr).toBe(0);
    expect(stderr).not.toContain("distilling");
    const grown = Object.entries(records("more")).find(([name, text]) => text !== records("small")[name])!;
    const [long, short] = [grown[1], records("small")[grown[0]]!].map((text) => JSON.parse(text).accuracies);
    expect(long).toHaveLength(3);
    expect(long.slice(0, 2)).toEqual(short);
  });

  it("evaluates runs, and files of other programs, as it does its own sets", async () => {
    const run = readdirSync(join(cwd, "runs/table-small"))
      .map((name) => join("runs/table-small", name))
      .find((folder) => jobOf(folder)?.kind === "distill")!;
    expect((await runCli(["export", run, "--to", "npz", "--out", "theirs.npz"], { cwd })).code).toBe(0);
    const rows = [
      { name: "ours", path: { "IPC 1": run } },
      { name: "theirs", path: { "IPC 1": "theirs.npz" } },
    ];
    writeTable("files", { ...SMALL, rows, config: { width: 4 } });
    const { code, stdout, stderr } = await runCli(["table", "files.json", "--json"], { cwd });
    expect(code, stderr).toBe(0);
    const { cells } = JSON.parse(stdout);
    const dm = Object.entries(records("small")).map(([, text]) => JSON.parse(text));
    const record = dm.find(
      ({ set, evaluation }) => set?.config?.method === "dm" && evaluation.network.name === "convnet",
    );
    for (const cell of [cells[0], cells[2]]) {
      expect(cell.measured.map(({ accuracy }: { accuracy: number }) => accuracy)).toEqual(record.accuracies);
    }
    expect([cells[0].iterations, cells[1].leftOut]).toEqual([3, "no file"]);
  });

  it("starts distillations from files, and chooses by named and by trained networks", async () => {
    mkdirSync(join(cwd, "sub"));
    const mlp = buildNetwork("mlp", { size: 32, channels: 1, classes: 2, width: 4 });
    const parameters = Object.entries(initialize(mlp, Key.fromSeed(0)));
    writeFileSync(
      join(cwd, "mlp.safetensors"),
      encodeSafetensors(
        Object.fromEntries(parameters.map(([name, array]) => [name, { dtype: "F32" as const, ...array }])),
      ),
    );
    const start = (init: string): object => ({ distill: "dm", config: { iterations: 0, init } });
    const network = { features: { arch: "mlp", width: 4 } };
    const rows = [
      { name: "theirs", path: "../theirs.npz" },
      { name: "from theirs", ...start("../theirs.npz") },
      { name: "from ours", ...start("../ours") },
      { name: "random network", select: "k-center", ...network },
      { name: "trained network", select: "k-center", ...network, parameters: "../mlp.safetensors" },
    ];
    const run = readdirSync(join(cwd, "runs/table-small"))
      .map((name) => join("runs/table-small", name))
      .find((folder) => jobOf(folder)?.kind === "distill")!;
    cpSync(join(cwd, run), join(cwd, "ours"), { recursive: true });
    writeTable("sub/init", { ...SMALL, dataset: "../stripes", columns: SMALL.columns.slice(0, 1), rows });
    const { code, stdout, stderr } = await runCli(["table", "sub/init.json", "--json"], { cwd });
    expect(code, stderr).toBe(0);
    const measured = JSON.parse(stdout).cells.map((cell: CellResult) => cell.measured);
    expect(measured.map((accuracies: unknown[]) => accuracies.length)).toEqual([2, 2, 2, 2, 2]);
    // Nothing was distilled: the images are those of the file.
    expect(measured[1]).toEqual(measured[0]);
    expect(measured[2]).toEqual(measured[0]);
    const dry = ["table", "sub/init.json", "--dry-run"];
    expect((await runCli(dry, { cwd })).stdout).toBe("0 of 5 to do\n");
    for (const name of ["theirs.npz", "mlp.safetensors", "ours"])
      renameSync(join(cwd, name), join(cwd, `${name}.away`));
    expect((await runCli(dry, { cwd })).stdout).toBe("0 of 5 to do\n");
    cpSync(join(cwd, "ours.away"), join(cwd, "ours"), { recursive: true });
    const file = join(cwd, "ours/synthetic.safetensors");
    const { tensors, metadata } = decodeSafetensors(readFileSync(file));
    (tensors.images!.data as Float32Array)[0]! += 1;
    writeFileSync(file, encodeSafetensors(tensors, metadata));
    expect((await runCli(dry, { cwd })).stdout).toContain("from ours, IPC 1, seed 0: distilled, 0 iterations");
  });

  it("tells a set that fails from those that do not, and other images from those of the records", async () => {
    writeTable("failing", { ...SMALL, rows: [{ name: "theirs", path: "none.safetensors" }, SMALL.rows[0]] });
    const { code, stdout, stderr } = await runCli(["table", "failing.json"], { cwd });
    expect([code, stderr]).toEqual([1, expect.stringContaining("error: theirs, IPC 1: there is no set at ")]);
    expect(stdout).toMatch(/\| theirs \| {2}\| {2}\|\n\| Random \| \d/);
    rmSync(join(cwd, "stripes/down/7.png"));
    renameSync(join(cwd, "stripes/across/7.png"), join(cwd, "stripes/down/7.png"));
    const other = await runCli(["table", "small.json", "--records", "more.records", "--work", "runs/other"], { cwd });
    expect(other.code).toBe(0);
    writeTable("changed", { ...SMALL, networks: 3 });
    const changed = await runCli(["table", "changed.json", "--records", "small.records"], { cwd });
    expect(changed.code).toBe(1);
    expect(changed.stderr).toContain("the images of stripes are not those that the records were made from");
  });
});
