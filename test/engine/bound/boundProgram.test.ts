// Programs with bound inputs on a CPU: fed with laid-out weights they give the bytes that constants give.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ort from "onnxruntime-node";
import { afterAll, describe, expect, test } from "vitest";
import { matchProgram, type Objective, totalsProgram } from "../../../src/distill/matching/programs.ts";
import { BoundProgram } from "../../../src/engine/bound/boundProgram.ts";
import type { Host } from "../../../src/engine/host.ts";
import type { Feeds, Program } from "../../../src/engine/types.ts";
import { initialize, type Network, resolveNetwork } from "../../../src/nn/index.ts";
import { Key } from "../../../src/random/index.ts";
import { add, compile, conv2d, input, matmul, mul, relu, reshape, transpose } from "../../../src/tensor/index.ts";
import { draw } from "../../tensor/values.ts";

const folder = mkdtempSync(join(tmpdir(), "datadam-bound-"));
afterAll(() => rmSync(folder, { recursive: true }));

const constants: Host = {
  device: "cpu",
  runtime: async () => ort,
  enter: (call) => call(),
  fillsOutputs: true,
  laysOut: true,
};
let files = 0;
const feeding: Host = {
  ...constants,
  async written(write) {
    const path = join(folder, `${files++}.onnx`);
    await write(path);
    const bytes = readFileSync(path);
    rmSync(path);
    return bytes;
  },
};

const feedsOf = (program: Program): Feeds =>
  Object.fromEntries(
    program.inputs.map(({ name, shape }) => [
      name,
      draw(
        "normal",
        shape.reduce((a, b) => a * b, 1),
        name,
      ),
    ]),
  );

/** Outputs for each binding in turn, and whether the binding's session was fed. */
async function outputs(host: Host, program: Program, bindings: readonly [string, Feeds][]) {
  const bound = new BoundProgram(host, program);
  const feeds = feedsOf(program);
  const results = [];
  for (const [id, values] of bindings) {
    const { session, fixed } = await bound.find(id, values);
    const tensors = program.inputs.map(({ name, shape }) => [name, new ort.Tensor("float32", feeds[name], shape)]);
    const run = await session.run({ ...fixed, ...Object.fromEntries(tensors) });
    const arrays = program.outputs.map(({ name }) => [...(run[name].data as Float32Array)]);
    results.push({ fed: Object.keys(fixed).length > 0, arrays });
  }
  for (const [id] of bindings) await bound.forget(id);
  return results;
}

const bindingsOf = (program: Program, values: (seed: number) => Feeds): [string, Feeds][] => {
  const ofProgram = (seed: number): Feeds => {
    const all = values(seed);
    return Object.fromEntries(program.bound.map(({ name }) => [name, all[name]]));
  };
  const [a, b, c] = [0, 1, 2].map(ofProgram);
  return [
    ["a", a],
    ["b", b],
    ["a", a],
    ["c", c],
    ["b", b],
  ];
};

function network(options: Record<string, unknown>): Network {
  const classNames = Array.from({ length: 10 }, (_, c) => `class ${c}`);
  return resolveNetwork(options, { shape: [3, 32, 32], classNames });
}

const networks: Record<string, Network> = {
  "convnet, instance norm": network({ width: 32 }),
  "convnet, batch norm": network({ width: 32, norm: "batch" }),
  "convnet, group norm": network({ width: 32, norm: "group" }),
  "convnet of a width without blocks": network({ width: 10, depth: 2 }),
  resnet10: network({ arch: "resnet10" }),
  vgg11: network({ arch: "vgg11" }),
  lenet: network({ arch: "lenet" }),
  mlp: network({ arch: "mlp" }),
  vit: network({ arch: "vit", depth: 1 }),
};

describe("fed programs give the bytes of constants, for bindings in turn", () => {
  for (const [name, net] of Object.entries(networks)) {
    const values = (seed: number): Feeds =>
      Object.fromEntries(Object.entries(initialize(net, Key.fromSeed(seed))).map(([key, { data }]) => [key, data]));
    const objective: Objective = {
      network: net,
      quantities: ({ features }) => ({ features }),
      weights: { features: 1 },
      errorType: "mse",
      fresh: name !== "convnet, group norm",
    };
    const programs = {
      "real pass": totalsProgram(objective, 2, { cpu: true, winograd: true }),
      ...(["resnet10", "vgg11"].includes(name)
        ? {}
        : { match: matchProgram(objective, 1, 3, { cpu: true, winogradGradients: true }) }),
    };
    for (const [what, program] of Object.entries(programs)) {
      test(`${name}, ${what}`, async () => {
        const bindings = bindingsOf(program, values);
        const expected = await outputs(constants, program, bindings);
        const fed = await outputs(feeding, program, bindings);
        // One network is sooner compiled than a session for all.
        expect(fed.map((result) => result.fed)).toEqual([false, true, true, true, true]);
        expect(expected.every((result) => !result.fed)).toBe(true);
        expect(fed.map(({ arrays }) => arrays)).toEqual(expected.map(({ arrays }) => arrays));
        expect(expected[1].arrays).not.toEqual(expected[0].arrays);
        expect(expected[2].arrays).toEqual(expected[0].arrays);
      });
    }
  }
  test("no file is left", () => expect([files > 0, readdirSync(folder)]).toEqual([true, []]));
});

const x = input("x", [2, 4, 8, 8]);
const w = input("w", [16, 4, 3, 3]);
const small = compile("small", { y: relu(conv2d(x, mul(w, 2), { padding: 1 })) }, { bound: ["w"] });
const smallBindings = bindingsOf(small, (seed) => ({ w: draw("normal", w.size, `w ${seed}`) }));

describe("where weights cannot be laid out, constants are compiled for each binding", () => {
  const expected = outputs(constants, small, smallBindings);
  const spoiled: Record<string, Host["written"]> = {
    "no file can be written": async () => {
      throw new Error("no space left");
    },
    "the file is no model": async () => Uint8Array.of(1, 2, 3),
    "the file is empty": async () => new Uint8Array(0),
    "the runtime cannot write there": async (write) => {
      await write(join(folder, "absent", "model.onnx"));
      return new Uint8Array(0);
    },
  };
  test.each(Object.entries(spoiled))("%s", async (_, written) => {
    const results = await outputs({ ...constants, written }, small, smallBindings);
    expect(results.every(({ fed }) => !fed)).toBe(true);
    expect(results).toEqual(await expected);
  });
  test("and are laid out where nothing of this is so", async () => {
    const results = await outputs(feeding, small, smallBindings);
    expect(results.map(({ fed }) => fed)).toEqual([false, true, true, true, true]);
    expect(results.map(({ arrays }) => arrays)).toEqual((await expected).map(({ arrays }) => arrays));
  });
});

test("what depends on bound inputs alone, outputs among it, is given as if it were computed in each run", async () => {
  const [a, b] = [input("a", [4, 4]), input("b", [4])];
  const twice = add(mul(a, a), b);
  const program = compile(
    "mixed",
    { y: matmul(reshape(input("v", [4]), [1, 4]), twice), square: twice, turned: transpose(a, [1, 0]) },
    { bound: ["a", "b"] },
  );
  const values = (seed: number): Feeds => ({ a: draw("normal", 16, `a ${seed}`), b: draw("normal", 4, `b ${seed}`) });
  const bindings = bindingsOf(program, values);
  const [first, second] = [values(0), values(1)];
  const results = await outputs(feeding, program, bindings);
  expect(results.map(({ arrays }) => arrays)).toEqual(
    (await outputs(constants, program, bindings)).map(({ arrays }) => arrays),
  );
  for (const [i, { a: m, b: bias }] of [first, second].entries()) {
    const [, square, turned] = results[i].arrays;
    expect(square).toEqual(Array.from(m, (value, k) => Math.fround(Math.fround(value * value) + bias[k % 4])));
    expect(turned).toEqual(Array.from(m, (_, k) => m[(k % 4) * 4 + Math.floor(k / 4)]));
  }
});
