// A method of a user's own, through the built package; and the same file as a built-in method, by one line.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  createEngine,
  distill,
  type Engine,
  imageSet,
  type Network,
  prepare,
  readSyntheticSet,
  writeSyntheticSet,
} from "datadam";
import { bindParameters, defineMethod, type Measures, type Method, methods } from "datadam/distill";
import { reshape } from "datadam/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { moments } from "../../examples/extending/method.ts";
import { exampleFolder, runExample } from "../support-docs.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = exampleFolder("extending");
let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ workers: 2 });
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await engine.close();
});

const [CLASSES, EACH, SIZE] = [2, 5, 16];
const set = imageSet({
  name: "small/train",
  shape: [1, 4, 4],
  classNames: ["a", "b"],
  labels: Uint16Array.from({ length: CLASSES * EACH }, (_, i) => i % CLASSES),
  pixels: Uint8Array.from({ length: CLASSES * EACH * SIZE }, (_, i) => (i * i * 37 + 11 * i) % 251),
  normalization: { mean: [0.5], std: [0.25] },
});
/** A network whose features are the pixels: the loss can be computed by hand. */
const pixels = (): Network => ({
  name: "pixels",
  options: {},
  input: [1, 4, 4],
  classes: CLASSES,
  parameters: [],
  buffers: [],
  activationCount: 0,
  usesBatchStatistics: false,
  forward: (_, images) => {
    const features = reshape(images, [images.shape[0], SIZE]);
    return { activations: [], features, logits: features, statistics: {} };
  },
});
const small = {
  ipc: 2,
  iterations: 3,
  seed: 4,
  batchReal: 3,
  width: 4,
  depth: 1,
  zca: false,
  averaging: false,
} as const;

describe("a method of one's own", () => {
  it("matches, steps and measures what it says, to the number", async () => {
    const [spreadWeight, lrImg] = [0.3, 0.05];
    const options = { ipc: 2, momentum: 0, augment: "none", lrImg, zca: false, network: pixels, engine } as const;
    const initial = (await distill(set, { ...options, method: moments, iterations: 0 }).result).images;
    const run = distill(set, { ...options, method: moments, iterations: 1, spreadWeight });
    const events = [];
    for await (const event of run) events.push(event);

    const real = (await prepare(set, { zca: false })).read(set.labels.map((_, i) => i));
    const expected = { features: 0, spread: 0 };
    const stepped = initial.slice();
    for (let c = 0; c < CLASSES; c++) {
      for (let j = 0; j < SIZE; j++) {
        const mean = (values: readonly number[]): number =>
          values.reduce((sum, value) => sum + value, 0) / values.length;
        const indices = Array.from(set.labels.keys()).filter((i) => set.labels[i] === c);
        const reals = indices.map((i) => real[i * SIZE + j]);
        const places = [2 * c, 2 * c + 1].map((i) => i * SIZE + j);
        const synthetic = places.map((place) => initial[place]);
        const first = mean(synthetic) - mean(reals);
        const second = mean(synthetic.map((x) => x * x)) - mean(reals.map((x) => x * x));
        expected.features += first * first;
        expected.spread += second * second;
        for (const place of places) {
          stepped[place] -= lrImg * (first + 2 * spreadWeight * second * initial[place]);
        }
      }
    }
    const loss = expected.features + spreadWeight * expected.spread;
    const [{ seconds: _, ...event }] = events;
    expect(event).toEqual({
      ...{ iteration: 1, iterations: 1 },
      ...{ loss: expect.closeTo(loss, 3), features: expect.closeTo(expected.features, 3) },
      spread: expect.closeTo(expected.spread, 3),
    });
    expect(expected.spread).toBeGreaterThan(0.1);
    const away = Math.max(...run.snapshot().images.map((value, i) => Math.abs(value - stepped[i])));
    expect(away).toBeLessThan(1e-4);
  });

  it("without its own term is DM, byte for byte; with it, it is not", async () => {
    const images = async (options: object): Promise<Float32Array> =>
      (await distill(set, { ...small, method: moments, ...options, engine }).result).images;
    const dm = (await distill(set, { ...small, method: "dm", engine }).result).images;
    expect(await images({ spreadWeight: 0 })).toEqual(dm);
    expect(await images({ spreadWeight: 1 })).not.toEqual(dm);
  });

  it("whose statistics are named gives the bytes of fresh networks with as many networks as iterations", async () => {
    const images = async (options: object): Promise<Float32Array> =>
      (await distill(set, { ...small, method: moments, ...options, engine }).result).images;
    const fresh = await images({});
    expect(await images({ networks: 3 })).toEqual(fresh);
    expect(await images({ networks: 2 })).not.toEqual(fresh);
    const { statistics: _, ...unnamed } = moments;
    const other = { ...unnamed, name: "unnamed" } as unknown as Method;
    expect(() => distill(set, { ...small, method: other, networks: 3 })).toThrow(
      "networks: method unnamed does not match class means",
    );
  });

  it("names as statistics what its targets hold, whole class means", async () => {
    const network = pixels();
    const config = { ...(await distill(set, { ...small, method: moments, iterations: 0, engine }).result).provenance };
    const { matching } = await moments.make({ network, config: config as never, engine });
    const real = (await prepare(set, { zca: false })).read([0, 2]);
    const targets = await matching.targets(bindParameters({}), real, [0]);
    expect(Object.keys(targets).sort()).toEqual(Object.keys(moments.statistics!(config as never)).sort());
    const mean = (power: number): number[] =>
      Array.from({ length: SIZE }, (_, j) => (real[j] ** power + real[SIZE + j] ** power) / 2);
    for (const [j, value] of mean(2).entries()) expect(targets.squares[j]).toBeCloseTo(value, 4);
    for (const [j, value] of mean(1).entries()) expect(targets.features[j]).toBeCloseTo(value, 4);
  });

  it("has its preset's defaults, resumes, is sharded, and is written and read with its name and keys", async () => {
    const options = { ...small, method: moments, engine } as const;
    const whole = await distill(set, options).result;
    expect(whole.provenance).toMatchObject({ method: "moments", spreadWeight: 0.5, ipc: 2 });
    expect(whole.provenance).not.toHaveProperty("power");
    const first = distill(set, { ...options, iterations: 1 });
    await first.result;
    expect((await distill(set, { ...options, resume: first.state() }).result).images).toEqual(whole.images);
    const shard = await distill(set, { ...options, classes: [1] }).result;
    expect(shard.images).toEqual(whole.images.slice(2 * SIZE));
    writeSyntheticSet(join(folder, "set"), whole);
    const { provenance, images } = readSyntheticSet(join(folder, "set"));
    const { dataset: _, ...recorded } = whole.provenance;
    expect(provenance).toEqual(recorded);
    expect(images).toEqual(whole.images);
  });

  it("is refused where a key is wrong, or another's, as a built-in method is", () => {
    const start = (options: object): unknown => distill(set, { ...small, method: moments, ...options } as never);
    expect(() => start({ spreadWeight: -1 })).toThrow("spreadWeight: must be at least 0, got -1");
    expect(() => start({ spredWeight: 1 })).toThrow('"spredWeight"; did you mean spreadWeight?');
    expect(() => start({ power: 1 })).toThrow("power is a key of method datadam, not of moments");
  });

  it.each<[string, object, string]>([
    ["a built-in name", { name: "dm" }, 'method: "dm" is a built-in method'],
    ["no word for a name", { name: "my method" }, "its name must be a word"],
    ["a key that all have", { keys: () => ({ ipc: null }) }, "its key ipc is one that every method has"],
    ["an option's name for a key", { keys: () => ({ engine: null }) }, "its key engine is one that every method has"],
    ["a key without a default", { keys: (z: typeof import("zod")) => ({ x: z.number() }) }, "its key x has no default"],
    ["an unknown key in a preset", { presets: { mine: { powr: 1 } } }, "its preset mine has the unknown key powr"],
  ])("is refused with %s", (_, change, message) => {
    const method = { ...moments, name: "mine", ...change } as unknown as Method;
    expect(() => distill(set, { ...small, method })).toThrow(message);
  });

  it.each<[string, object, string]>([
    ["under a name that is taken", { loss: 1, seconds: 2 }, "a measure must not be called seconds"],
    ["what is no number", { loss: 1, note: "good" }, "the measure note must be a number or an array of numbers"],
    ["no loss", { features: 1 }, "measures must give the loss, a number"],
  ])("is stopped where it measures %s", async (_, measured, message) => {
    const method = defineMethod({
      ...moments,
      name: "odd",
      make: async (context) => ({ ...(await moments.make(context)), measures: () => measured as Measures }),
    });
    await expect(distill(set, { ...small, method, engine }).result).rejects.toThrow(message);
  });

  it("may be the object of a built-in method, too", async () => {
    const named = await distill(set, { ...small, method: "dm", engine }).result;
    const given = await distill(set, { ...small, method: methods.dm, engine }).result;
    expect([given.images, given.provenance]).toEqual([named.images, named.provenance]);
  });

  it("is in docs/reference/methods.md as the example has it, with its use, which runs", () => {
    const source = readFileSync(join(root, "examples/extending/method.ts"), "utf8");
    const [method, use] = [
      ...readFileSync(join(root, "docs/reference/methods.md"), "utf8").matchAll(/```ts\n([\s\S]*?)```/g),
    ];
    expect(method![1]).toBe(source);
    writeFileSync(join(folder, "method.ts"), source);
    const printed = runExample(folder, use![1]!.replace('"./method.ts"', '"./method.js"')).trim().split("\n");
    expect(printed).toHaveLength(21);
    expect(printed[0]).toMatch(/^1 [\d.]+ [\d.]+$/);
    expect(printed[20]).toMatch(/^moments: \d+ numbers$/);
  }, 120_000);
});

it("becomes a built-in method by one file and one line: help, keys, presets, checks and records follow", () => {
  const copy = join(folder, "package");
  mkdirSync(copy);
  for (const name of ["src", "assets", "package.json", "tsconfig.json", "tsconfig.build.json"]) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  // One file: the example, with the places of what it imports.
  const source = readFileSync(join(root, "examples/extending/method.ts"), "utf8")
    .replace(
      'import { defineMethod, Matcher } from "datadam/distill";',
      'import { Matcher } from "../matching/match.ts";\nimport { defineMethod } from "../method.ts";',
    )
    .replace('"datadam/tensor"', '"../../tensor/index.ts"');
  writeFileSync(join(copy, "src/distill/methods/moments.ts"), source);
  // One line.
  writeFileSync(join(copy, "src/distill/methods/list.ts"), 'export { moments } from "./moments.ts";\n', { flag: "a" });

  const node = (...words: string[]): string =>
    execFileSync(process.execPath, words, { cwd: copy, encoding: "utf8", stdio: "pipe" });
  node(join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json");
  const datadam = (...words: string[]): string => node("dist/cli/main.js", ...words);
  const help = datadam("distill", "--help").replaceAll(/\s+/g, " ");
  expect(help).toContain('choices: "datadam", "dc", "dm", "dsa", "moments"');
  expect(help).toMatch(/--preset <name> quick, .*dsa, moments /);
  expect(datadam("continual", "--help").replaceAll(/\s+/g, " ")).toContain("dsa, moments, random");
  expect(datadam("keys")).toMatch(/^spreadWeight +1 +moments: weight of the squares' term\. 0: DM\.$/m);

  const options = ["--ipc", "1", "--iterations", "2", "--set", "width=4", "--set", "depth=1", "--set", "batchReal=8"];
  datadam("distill", "--method", "moments", "--preset", "moments", ...options, "--out", "run", "--quiet");
  const { preset, config } = JSON.parse(readFileSync(join(copy, "run/record.json"), "utf8"));
  expect(preset).toBe("moments");
  expect(config).toMatchObject({ method: "moments", spreadWeight: 0.5, averaging: false });
  expect(config).not.toHaveProperty("power");
  const rows = readFileSync(join(copy, "run/metrics.jsonl"), "utf8").trim().split("\n");
  expect(rows.map((row) => Object.keys(JSON.parse(row)))).toEqual(
    Array(2).fill(["iteration", "loss", "features", "spread", "seconds"]),
  );
  const refused = (...words: string[]): string => {
    try {
      return datadam("distill", ...options, ...words);
    } catch (error) {
      return (error as { stderr: string }).stderr;
    }
  };
  expect(refused("--set", "spreadWeight=1")).toContain("spreadWeight is a key of method moments, not of datadam");
  expect(refused("--method", "moments", "--set", "spreadWeight=-1")).toContain("spreadWeight: must be at least 0");
}, 300_000);
