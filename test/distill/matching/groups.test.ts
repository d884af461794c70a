// Classes that one program matches together, against each alone.

import { afterAll, describe, expect, test } from "vitest";
import { Matcher } from "../../../src/distill/index.ts";
import { attentionObjective } from "../../../src/distill/matching/attentionObjective.ts";
import { bindParameters } from "../../../src/distill/matching/match.ts";
import { type Objective, quantityNames } from "../../../src/distill/matching/programs.ts";
import type { Match } from "../../../src/distill/method.ts";
import { createEngine, type Engine, type Program } from "../../../src/engine/index.ts";
import { initialize, type Network, resolveNetwork } from "../../../src/nn/index.ts";
import { Key } from "../../../src/random/index.ts";
import { relativeError } from "../../support/fixtures.ts";
import { draw } from "../../tensor/values.ts";

const real = await createEngine({ workers: 1 });
afterAll(() => real.close());
/** Programs in the order in which they were first run. */
const programs = new Map<string, Program>();
const engine: Engine = {
  ...real,
  device: real.device,
  workers: real.workers,
  microBatch: real.microBatch,
  forwardBatch: real.forwardBatch,
  run(program, feeds, binding) {
    programs.set(program.id, program as unknown as Program);
    return real.run(program, feeds, binding);
  },
  sum: real.sum.bind(real),
};

function network(options: Record<string, unknown>, side: number = 32): Network {
  const classNames = Array.from({ length: 10 }, (_, c) => `class ${c}`);
  return resolveNetwork(options, { shape: [3, side, side], classNames });
}

function objective(net: Network): Objective {
  if (net.input[0] === 3 && net.parameters[0].shape.length === 4 && net.parameters[0].name.startsWith("features.0")) {
    const loss = { power: 4, attentionReduction: "sum", attentionNorm: "l2", attentionWeight: 1 } as const;
    return attentionObjective(net, { ...loss, scale: 100, lambda: 0.01, errorType: "mse", layers: [0] }, true);
  }
  return {
    network: net,
    quantities: ({ features }) => ({ features }),
    weights: { features: 1 },
    errorType: "mse",
    fresh: true,
  };
}

/** Matches of classes together, and of each alone. */
async function both(net: Network, classes: number, count: number) {
  const matching = new Matcher(objective(net), engine);
  const values = Object.entries(initialize(net, Key.fromSeed(1))).map(([name, { data }]) => [name, data]);
  const parameters = bindParameters(Object.fromEntries(values));
  const size = net.input.reduce((a, b) => a * b, 1);
  const synthetic = draw("normal", classes * count * size, "synthetic");
  const ofClass = async (c: number) => matching.targets(parameters, draw("normal", 4 * size, `real ${c}`), [c]);
  const targets = await Promise.all(Array.from({ length: classes }, (_, c) => ofClass(c)));
  const joined = Object.fromEntries(
    quantityNames(matching.objective).map((name) => [name, Float32Array.from(targets.flatMap((t) => [...t[name]]))]),
  );
  programs.clear();
  const together = await matching.match(parameters, joined, synthetic, [...targets.keys()]);
  const runs = [...programs.values()];
  const alone: Match[] = [];
  for (const [c, own] of targets.entries()) {
    alone.push(await matching.match(parameters, own, synthetic.slice(c * count * size, (c + 1) * count * size), [c]));
  }
  const gradient = Float32Array.from(alone.flatMap((match) => [...match.gradient]));
  const distances = together.distances.map((_, k) => alone.reduce((sum, match) => sum + match.distances[k], 0));
  return { together, gradient, distances, runs };
}

describe("a group of classes has the distance and the gradient of its classes", () => {
  test.each<[string, Network, number, number]>([
    ["convnet", network({ width: 32 }), 10, 1],
    ["convnet, group norm", network({ width: 32, norm: "group" }), 5, 2],
    ["convnet without norm", network({ width: 32, norm: "none" }), 4, 3],
    ["resnet10", network({ arch: "resnet10", norm: "instance" }), 2, 1],
    ["lenet", network({ arch: "lenet" }), 10, 1],
    ["mlp", network({ arch: "mlp" }), 10, 1],
    ["vit", network({ arch: "vit", depth: 1 }), 4, 2],
  ])("%s", async (name, net, classes, count) => {
    const { together, gradient, distances, runs } = await both(net, classes, count);
    expect(runs.map((program) => program.name)).toEqual(["match"]);
    const error = relativeError(together.gradient, gradient);
    // Where images share a product of matrices, its sums depend on their number.
    if (name.startsWith("convnet")) expect(error).toBe(0);
    else expect(error).toBeLessThan(1e-5);
    for (const [k, distance] of distances.entries()) {
      expect(Math.abs(together.distances[k] / distance - 1)).toBeLessThan(1e-6);
    }
  });

  test("also where they do not fit one program", async () => {
    const { together, gradient, distances, runs } = await both(network({ width: 8, depth: 1 }), 3, 30);
    expect(runs.map((program) => program.inputs[0].shape[0])).toEqual([30]);
    expect(together.gradient).toEqual(gradient);
    expect(together.distances).toEqual(distances);
  });
});

describe("one program takes", () => {
  test.each<[string, Network, number, string[]]>([
    ["64 images", network({ width: 8, depth: 1 }), 64, ["match"]],
    ["no 65", network({ width: 8, depth: 1 }), 65, ["pullback"]],
    ["no 33 of a large program", network({ width: 128, depth: 2 }, 64), 33, ["pullback"]],
  ])("%s", async (_, net, count, names) => {
    const { runs } = await both(net, 1, count);
    expect([...new Set(runs.map((program) => program.name))]).toEqual([...new Set(names)]);
  });
});
