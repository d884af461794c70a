// A command and a kind of job, each added to the program by one file and one line.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadDataset } from "datadam";
import { decodeSafetensors } from "datadam/formats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SourceCopy, sourceCopy } from "../support/sourceCopy.ts";

const LISTS = { commands: "src/cli/commands/index.ts", kinds: "src/lab/kinds/index.ts" };

/** An example as it stands in the library: the places of what it imports are other ones. */
function example(name: string, folder: string): { readonly text: string } {
  const path = fileURLToPath(new URL(`../../examples/extending/${name}`, import.meta.url));
  return { text: readFileSync(path, "utf8").replaceAll(`from "../../src/${folder}/`, 'from "../') };
}

let copy: SourceCopy;
beforeAll(() => {
  copy = sourceCopy("extending-lab");
  copy.add("src/cli/commands/labels.ts", example("command.ts", "cli"));
  copy.line(LISTS.commands, 'export { labelsCommand } from "./labels.ts";');
  copy.add("src/lab/kinds/mean.ts", example("kind.ts", "lab"));
  copy.line(LISTS.kinds, 'export { meanKind } from "./mean.ts";');
  // Types too: the union of all jobs has the new one.
  copy.add("src/use.ts", {
    text: `import type { Job } from "./lab/index.ts";
export const parts = (job: Job): "train" | "test" | undefined => (job.kind === "mean" ? job.part : undefined);
// @ts-expect-error: there is no such kind
export const wrong = (job: Job): boolean => job.kind === "men";
`,
  });
  expect(copy.compile()).toEqual({ status: 0, text: "" });
}, 120_000);
afterAll(() => copy.remove());

const datadam = (...words: readonly string[]) => copy.node("dist/cli/main.js", ...words);

/** The JSON that `code` prints, which is run beside the compiled copy. */
function run(code: string): unknown {
  copy.add("check.mjs", { text: code });
  const { status, text } = copy.node("check.mjs");
  expect(status, text).toBe(0);
  return JSON.parse(text);
}

describe("a command, added by one file and one line,", () => {
  it("is in the help, with its options, and beside the others", () => {
    const { status, text } = datadam("--help");
    expect(status).toBe(0);
    expect(text).toMatch(/^ {2}labels \[options\] <run> +count the images of each class of a distilled/m);
    const order = ["distill", "evaluate", "run", "demo", "labels"].map((name) => text.search(`\n  ${name} `));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order[0]).toBeGreaterThan(0);
    expect(datadam("labels", "--help").text).toMatch(/--class <name> +only this class[\s\S]*\n *--json /);
  });

  it("runs, and fails with one line and the hint", () => {
    run(`import { writeSyntheticSet } from "datadam";
const preprocessing = { normalization: { mean: [0.5], std: [0.25] }, zca: undefined };
writeSyntheticSet("set", { images: new Float32Array(12), labels: Uint16Array.of(0, 1, 1), shape: [1, 2, 2],
  classNames: ["dark", "light"], preprocessing, provenance: {} });
console.log("null");`);
    expect(datadam("labels", "set")).toEqual({ status: 0, text: "dark: 1\nlight: 2\n" });
    const { text } = datadam("labels", "set", "--class", "light", "--json");
    expect(JSON.parse(text)).toEqual([{ name: "light", images: 2 }]);
    const refused = datadam("labels", "set", "--class", "grey");
    expect(refused.text).toContain("--class grey: set has no such class");
    expect(refused.text).toContain("Its classes: dark, light.");
    expect(refused.status).not.toBe(0);
    expect(datadam("label", "set").text).toContain("Did you mean labels?");
  });
});

describe("a kind of job, added by one file and one line,", () => {
  it("is in the JSON Schema of jobs, and its values are checked", () => {
    const { anyOf } = JSON.parse(datadam("run", "--schema").text);
    const schema = anyOf.find(({ properties }: typeof anyOf) => properties?.kind?.const === "mean");
    expect(schema).toMatchObject({
      description: "Works out the mean image of each class of a data set.",
      properties: { part: { enum: ["train", "test"], default: "train" } },
    });
    copy.add("wrong.json", { text: '{ "kind": "mean", "part": "all" }' });
    expect(datadam("run", "wrong.json").text).toMatch(/part: must be .*, got "all"/);
    copy.add("unknown.json", { text: '{ "kind": "meen" }' });
    expect(datadam("run", "unknown.json").text).toMatch(/did you mean mean\?/);
  });

  it("runs, and is found finished the second time", async () => {
    copy.add("mean.json", { text: '{ "kind": "mean" }' });
    const { train } = await loadDataset("builtin");
    const result = { classes: train.classNames.length, images: train.count };
    const words = ["run", "mean.json", "--out", "mean", "--json", "--quiet"];
    const [first, again] = [datadam(...words), datadam(...words)];
    for (const { status, text } of [first, again]) {
      expect(status, text).toBe(0);
      expect(JSON.parse(text)).toEqual(result);
    }
    const read = (file: string): Buffer => readFileSync(copy.path(`mean/${file}`));
    const events = read("events.jsonl").toString().trim().split("\n");
    const types = events.map((line) => JSON.parse(line).type as string);
    expect(types.filter((type) => type === "started" || type === "resumed" || type === "finished")).toEqual([
      "started",
      "finished",
    ]);

    const { mean, counts } = decodeSafetensors(read("mean.safetensors")).tensors;
    expect(mean!.shape).toEqual([result.classes, ...train.shape]);
    const size = mean!.data.length / result.classes;
    const [sums, numbers] = [new Float64Array(mean!.data.length), new Uint32Array(result.classes)];
    for (const [index, label] of train.labels.entries()) {
      numbers[label]!++;
      for (const [i, byte] of train.image(index).entries()) sums[label * size + i]! += byte / 255;
    }
    expect(counts!.data).toEqual(numbers);
    const away = sums.map((sum, i) => Math.abs(sum / numbers[Math.floor(i / size)]! - Number(mean!.data[i])));
    expect(Math.max(...away)).toBeLessThan(1e-6);
    expect(Math.max(...sums)).toBeGreaterThan(1);
  });

  it("resumes after the last whole class, to the same bytes", () => {
    const [stopped, resumed, same] = run(`import { lab, memory } from "datadam/lab";
import { defaults } from "datadam/lab/node";
const work = async (storage, stopAt) => {
  const [seen, stop] = [[], new AbortController()];
  try {
    for await (const event of lab.run(lab.job({ kind: "mean" }), storage, { ...defaults, signal: stop.signal })) {
      if (["started", "resumed", "stopped", "finished"].includes(event.type)) seen.push(event.type);
      if (event.type === "checkpoint") seen.push(event.number);
      if (event.type === "checkpoint" && event.number === stopAt) stop.abort(new Error("enough"));
    }
  } catch (error) {
    if (error.message !== "enough") throw error;
  }
  return seen;
};
const [whole, parts] = [memory("whole"), memory("parts")];
await work(whole);
const stopped = await work(parts, 4);
const resumed = await work(parts);
const bytes = async (storage) => Buffer.from(await storage.read("mean.safetensors")).toString("base64");
console.log(JSON.stringify([stopped, resumed, (await bytes(whole)) === (await bytes(parts))]));`) as [
      readonly (string | number)[],
      readonly (string | number)[],
      boolean,
    ];
    expect([stopped[0], stopped.at(-1)]).toEqual(["started", "stopped"]);
    const done = stopped.filter((one) => typeof one === "number");
    expect(done.length).toBeGreaterThanOrEqual(4);
    expect(done.length).toBeLessThan(10);
    const rest = Array.from({ length: 10 - done.length }, (_, i) => done.length + 1 + i);
    expect(resumed).toEqual(["resumed", ...rest, "finished"]);
    expect(same).toBe(true);
  });

  it("does not compile where its line names something else", () => {
    copy.add("src/lab/kinds/half.ts", {
      text: '// A kind that cannot be run.\nexport const halfKind = { kind: "half", about: "Nothing." };\n',
    });
    copy.line(LISTS.kinds, 'export { halfKind } from "./half.ts";');
    const { status, text } = copy.compile();
    expect(status).not.toBe(0);
    expect(text).toMatch(/src\/lab\/registry\.ts.*error[\s\S]*'run'/);
  });
});
