// `datadam table`: its file, its records, kills, several processes, what it prints.

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
import { identify } from "../../src/cli/tables/identity.ts";
import { planTable } from "../../src/cli/tables/plan.ts";
import { render, tablePlot } from "../../src/cli/tables/report.ts";
import { type CellResult, compare } from "../../src/cli/tables/results.ts";
import { parseTable } from "../../src/cli/tables/schema.ts";
import type { DataFacts } from "../../src/cli/tables/types.ts";
import { decodeSafetensors, encodePng, encodeSafetensors } from "../../src/formats/index.ts";
import { buildNetwork, initialize } from "../../src/nn/index.ts";
import { Key } from "../../src/random/index.ts";
import { runCli, startCli, until } from "../support-cli.ts";

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

const problem = (value: unknown): string => {
  try {
    planTable("t.json", parseTable(value, "t.json"), {});
    return "none";
  } catch (error) {
    return (error as Error).message;
  }
};

describe("the file of a table", () => {
  const row = { name: "DM", distill: "dm" };
  const column = { name: "IPC 1", ipc: 1 };
  const table = { columns: [column], rows: [row] };

  it("is refused with the row, the key and what was meant", () => {
    expect(problem(table)).toBe("none");
    expect(problem({ ...table, rows: [{ ...row, confg: {} }] })).toBe(
      't.json: row "DM": unknown key "confg"; did you mean config?',
    );
    expect(problem({ ...table, rows: [{ ...row, config: { pwer: 2 } }] })).toBe(
      't.json: row "DM": unknown configuration key "pwer"; did you mean power?',
    );
    expect(problem({ ...table, rows: [{ ...row, config: { momentum: -2 } }] })).toBe(
      't.json: row "DM", column "IPC 1": momentum: must be at least 0, got -2',
    );
    expect(problem({ ...table, rows: [{ ...row, config: { power: 2 } }] })).toBe(
      't.json: row "DM", column "IPC 1": power is a key of method datadam, not of dm',
    );
    expect(problem({ ...table, rows: [{ name: "DM", distill: "dmm" }] })).toMatch(
      /^t\.json: row "DM": distill: must be "datadam" or .* got "dmm"; did you mean dm\?$/,
    );
    expect(problem({ ...table, rows: [{ name: "DM" }] })).toBe(
      't.json: row "DM": must have one of distill, select, path, whole',
    );
    expect(problem({ ...table, rows: [{ ...row, select: "random" }] })).toContain("has distill and select");
    expect(problem({ ...table, rows: [{ ...row, cells: { IPC1: {} } }] })).toBe(
      't.json: row "DM": there is no column "IPC1"; did you mean IPC 1?',
    );
    expect(problem({ ...table, rows: [{ ...row, config: { seed: 1 } }] })).toBe(
      't.json: row "DM": seed is not set by config, but by seeds',
    );
    expect(problem({ ...table, columns: [{ name: "all" }] })).toBe(
      't.json: row "DM", column "all": the column has no ipc, which this row needs',
    );
    expect(problem({ ...table, protocol: "quik" })).toContain('protocol: unknown protocol "quik". Known: ');
    expect(problem({ ...table, rows: [row, row], seeds: [1, 1] })).toBe(
      '2 problems in t.json:\n  two rows have the name "DM"\n  seeds: a seed comes twice',
    );
    expect(problem({ rows: [row] })).toBe("t.json: columns: is missing");
  });

  it("takes nothing but places from the environment", () => {
    process.env.DATADAM_MOMENTUM = "0.7";
    const plan = planTable("t.json", parseTable(table, "t.json"), {});
    delete process.env.DATADAM_MOMENTUM;
    expect(plan.cells[0]![0]!.units[0]!.subject.settings.config.momentum).toBe(0.5);
  });

  it("lets a cell's configuration win over the row's, that over the column's, that over the table's", () => {
    const levels = { power: 1, width: 1, scale: 1, momentum: 0.1 };
    const nested = {
      config: levels,
      columns: [{ ...column, config: { width: 2, scale: 2, momentum: 0.2 } }],
      rows: [
        {
          ...{ name: "DataDAM", distill: "datadam", config: { scale: 3, momentum: 0.3 } },
          cells: { "IPC 1": { config: { momentum: 0.4 } } },
        },
        row,
      ],
    };
    const { cells } = planTable("t.json", parseTable(nested, "t.json"), {});
    const [datadam, dm] = cells.map(([cell]) => cell!.units[0]!.subject.settings.config);
    expect(datadam).toMatchObject({ power: 1, width: 2, scale: 3, momentum: 0.4 });
    // What all rows share may have keys of some methods only.
    expect(dm).toMatchObject({ width: 2, momentum: 0.2 });
    expect(dm).not.toHaveProperty("scale");
  });
});

describe("what names a record", () => {
  const facts: DataFacts = {
    ...{ name: "set", count: 100, shape: [3, 32, 32], classNames: ["a", "b"], flippable: true, fingerprint: "f" },
    test: { count: 10, fingerprint: "t" },
  };
  const setOf = (row: object, sha256?: string): Record<string, unknown> => {
    const file = { columns: [{ name: "IPC 1", ipc: 1 }], rows: [{ name: "row", ...row }] };
    const unit = planTable("sub/t.json", parseTable(file, "sub/t.json"), {}).cells[0]![0]!.units[0]!;
    const given = sha256 === undefined ? undefined : { sha256, foreign: true, provenance: {} };
    return { ...identify(unit, facts, given).set };
  };
  const plain = { kind: "select", ipc: 1, seed: 0, zca: false, dataset: "set", data: "f" };

  it("is the features' network, the same however it is said", () => {
    const kMeans = { ...plain, method: "k-means", features: "convnet" };
    expect(setOf({ select: "k-means" })).toEqual(kMeans);
    expect(setOf({ select: "k-means", features: { arch: "convnet", width: 128 } })).toEqual(kMeans);
    expect(setOf({ select: "k-means", features: "alexnet" })).toEqual({ ...kMeans, features: "alexnet" });
    expect(setOf({ select: "k-means", features: { arch: "alexnet", norm: "batch" } })).toEqual({
      ...kMeans,
      features: { arch: "alexnet", norm: "batch" },
    });
    expect(setOf({ select: "random", features: "alexnet" })).toEqual({ ...plain, method: "random" });
    expect(setOf({ select: "forgetting" })).toEqual({ ...plain, method: "forgetting" });
    expect(setOf({ select: "forgetting", features: "vgg11" })).toEqual({
      ...{ ...plain, method: "forgetting", features: "vgg11" },
    });
    expect(setOf({ select: "herding", parameters: "net.pt" }, "one")).toEqual({
      ...{ ...plain, method: "herding", features: null, parameters: "one" },
    });
  });

  it("is the content of the set that a distillation starts from, not its path", () => {
    const from = (init: string, sha256: string): object => setOf({ distill: "dm", config: { init } }, sha256);
    expect(from("a/b.npz", "one")).toEqual(from("./c.npz", "one"));
    expect(from("a/b.npz", "one")).not.toEqual(from("a/b.npz", "two"));
    expect(from("a/b.npz", "one")).toMatchObject({ config: { init: "set" }, initial: "one" });
  });

  it("is refused where nothing can be named", () => {
    const table = (row: object): object => ({ columns: [{ name: "x", ipc: 1 }], rows: [{ name: "row", ...row }] });
    expect(problem(table({ distill: "dm", config: { init: "set" } }))).toContain("init set needs the set");
    expect(problem(table({ distill: "dm", config: { init: "k-menas" } }))).toContain("did you mean k-means?");
    expect(problem(table({ distill: "dm", features: "alexnet" }))).toBe(
      't.json: row "row": features is for rows that select',
    );
    expect(problem(table({ select: "herding", features: "pixels", parameters: "x.pt" }))).toBe(
      't.json: row "row": features of pixels have no network, which parameters are of',
    );
    expect(problem(table({ select: "herding", features: "alxnet" }))).toMatch(
      /^t\.json: row "row": features: must be "pixels" or "convnet" or .*, got "alxnet"/,
    );
  });
});

describe("a table's text", () => {
  const cell = (row: string, column: string, accuracies: number[], published?: number): CellResult => {
    const mean = accuracies.reduce((total, value) => total + value, 0) / accuracies.length;
    return {
      row,
      column,
      leftOut: null,
      mean: accuracies.length === 0 ? null : mean,
      std: accuracies.length === 0 ? null : 1,
      wanted: 2,
      measured: accuracies.map((accuracy, network) => ({ seed: 0, network, accuracy })),
      iterations: row === "A" ? 100 : null,
      protocol: "quick (300 epochs of batches of 64)",
      network: { name: "convnet", depth: 3, width: 128, norm: column === "y" ? "batch" : "instance" },
      published: published === undefined ? null : { mean: published, source: "a paper" },
      difference: published === undefined || accuracies.length === 0 ? null : mean - published,
    };
  };
  const plan = planTable(
    "t.json",
    parseTable(
      {
        networks: 2,
        columns: ["x", "y"].map((name, i) => ({ name, ipc: i + 1 })),
        rows: ["A", "B, too"].map((name) => ({ name, select: "random" })),
      },
      "t.json",
    ),
    {},
  );
  const results = [
    cell("A", "x", [31, 33], 35.5),
    cell("A", "y", [41], 42),
    cell("B, too", "x", [30, 31]),
    cell("B, too", "y", [], 20),
  ];

  it("marks what is far from the published value, and says what differs in the caption", () => {
    const comparisons = compare("A,B, too", plan, results);
    expect(render({ plan, results, comparisons }, "markdown").split("\n")).toEqual([
      "|  | x | y |",
      "| --- | --- | --- |",
      "| A | 32.0 ± 1.0 (published 35.5, -3.5†) | 41.0 [1 of 2] (published 42.0, -1.0) |",
      "| B, too | 30.5 ± 1.0 | (published 20.0) |",
      "",
      "Test accuracy in % at the last epoch, mean ± standard deviation over 2 networks, seed 0.",
      "Protocol: quick (300 epochs of batches of 64).",
      "Networks: convnet (depth 3, width 128, instance norm) for x; convnet (depth 3, width 128, batch norm) for y.",
      "Iterations: 100.",
      "Published values: a paper.",
      "† more than 3 points from the published value.",
      "",
      // (1, 2): mean 1.5, standard error 0.5, Student's quantile 12.706.
      "x: A is +1.5 points from B, too (95 %: -4.9 to +7.9), 2 pairs.",
    ]);
    const lines = render({ plan, results, comparisons }, "csv").split("\n");
    expect(lines[1]).toBe("A,x,32.00,1.00,2,2,100,quick (300 epochs of batches of 64),35.50,,a paper,-3.50,");
    expect(lines.slice(-3)).toEqual([
      "",
      "row,against,column,difference,95 % from,95 % to,pairs",
      'A,"B, too",x,1.50,-4.85,7.85,2',
    ]);
  });

  it("compares two rows that there are, and no others", () => {
    expect(() => compare("A,C", plan, results)).toThrow('--compare: there is no row "C"');
    expect(() => compare("A", plan, results)).toThrow('--compare "A" names no two rows');
  });

  it("is drawn over the sizes of the sets", () => {
    const svg = tablePlot({ plan, results, comparisons: [] });
    expect(svg).toContain("images a class");
    expect(svg.match(/<title>A, x: 32\.0 ± 1\.0<\/title>/g)).toHaveLength(1);
    expect(svg).not.toContain("B, too, y");
  });
});

describe("datadam table", { timeout: 300_000 }, () => {
  let printed: string;

  it("measures every cell; columns that differ in the evaluation share a set", async () => {
    const dry = await runCli(["table", "small.json", "--dry-run"], { cwd });
    expect(dry.stdout.split("\n").slice(-4)).toEqual([
      "whole set, IPC 1, seed 0: trained on; 1 network, whole, 1 epochs",
      "whole set, MLP, seed 0: trained on; 1 network, whole, 1 epochs",
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
    expect(readdirSync(join(cwd, "runs/table-small"))).toHaveLength(4);
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
      const cli = startCli(words, { cwd });
      await until(cli, () => cli.stderr().includes(seen));
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
    const said = both.map(({ stderr }) => stderr).join("");
    expect(said.match(/^distilling 3\/3/gm)).toHaveLength(1);
    for (const title of ["Random, IPC 1", "Random, MLP", "DM, IPC 1", "DM, MLP"]) {
      expect(said.split("\n").filter((line) => line.startsWith(`evaluating ${title} 100 %`))).toHaveLength(1);
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
      .map((name) => join("runs/table-small", name, "set"))
      .find((folder) => existsSync(join(cwd, folder, "record.json")))!;
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
    const own = dm.find(({ set, evaluation }) => set?.config?.method === "dm" && evaluation.network.name === "convnet");
    for (const cell of [cells[0], cells[2]]) {
      expect(cell.measured.map(({ accuracy }: { accuracy: number }) => accuracy)).toEqual(own.accuracies);
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
      .map((name) => join(cwd, "runs/table-small", name, "set"))
      .find((folder) => existsSync(join(folder, "record.json")))!;
    cpSync(run, join(cwd, "ours"), { recursive: true });
    writeTable("sub/init", { ...SMALL, dataset: "../stripes", columns: SMALL.columns.slice(0, 1), rows });
    const { code, stdout, stderr } = await runCli(["table", "sub/init.json", "--json"], { cwd });
    expect(code, stderr).toBe(0);
    const measured = JSON.parse(stdout).cells.map((cell: CellResult) => cell.measured);
    expect(measured.map((own: unknown[]) => own.length)).toEqual([2, 2, 2, 2, 2]);
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
