// Every network against PyTorch: from parameters and images that both sides draw by one formula, logits, gradients and
// five training steps agree. And what is refused.

import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { createEngine } from "../../src/engine/index.ts";
import {
  type AnyNetworkOptions,
  type ArchitectureName,
  architectureNames,
  architectures,
  buildNetwork,
  initialize,
  type Network,
} from "../../src/nn/index.ts";
import { Key } from "../../src/random/index.ts";
import { compile, crossEntropy, grad, input } from "../../src/tensor/index.ts";
import { trainSteps } from "../../src/train/index.ts";

/** Shape, norm, product with the drawn direction, first values. */
type Digest = [shape: number[], norm: number, product: number, ...first: number[]];

interface Case {
  readonly network: ArchitectureName;
  readonly options: AnyNetworkOptions & { classes: number };
  readonly batch: number;
  readonly seed: number;
  readonly count: number;
  readonly logits: Digest;
  readonly gradients: Readonly<Record<string, Digest>>;
  readonly final: Readonly<Record<string, Digest>>;
  readonly evaluated: Digest;
  readonly losses: readonly number[];
}

const cases = JSON.parse(
  readFileSync(new URL("../fixtures/networks/networks.json", import.meta.url), "utf8"),
) as Case[];
const engine = await createEngine({ workers: 1 });
afterAll(() => engine.close());

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

/** `drawn` of scripts/oracle/networks.py. */
function drawn(name: string, count: number, seed: number): Float64Array {
  let start = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(`${name}#${seed}`)) start = Math.imul(start ^ byte, 0x01000193);
  return Float64Array.from({ length: count }, (_, i) => {
    let x = (Math.imul(i, 2654435761) + start) >>> 0;
    for (let round = 0; round < 2; round++) x = Math.imul(x ^ (x >>> 16), 0x45d9f3b) >>> 0;
    return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32 - 0.5;
  });
}

/** `parameter` of scripts/oracle/networks.py. */
function parameter(name: string, shape: readonly number[], seed: number): Float32Array {
  // PyTorch's side goes through float32, then multiplies.
  const value = Float32Array.from(drawn(name, sizeOf(shape), seed));
  if (name === "pos_embedding" || name === "cls_token") return value;
  if (shape.length > 1) return value.map((x) => x * (3 / Math.sqrt(sizeOf(shape.slice(1)))));
  return name.endsWith("weight") ? value.map((x) => x + 1) : value.map((x) => x * 0.4);
}

/** How far an array is from a digest, relative to its norm (or to `floor`, where that is larger). */
function distance(
  name: string,
  [shape, norm, product, ...first]: Digest,
  actual: Float32Array,
  seed: number,
  floor: number,
): number {
  if (sizeOf(shape) !== actual.length) return Number.NaN;
  const direction = drawn(`direction ${name}`, actual.length, seed);
  const along = actual.reduce((total, x, i) => total + x * direction[i], 0);
  const length = Math.hypot(...actual);
  const gaps = [length - norm, along - product, ...first.map((x, i) => actual[i] - x)];
  return Math.max(...gaps.map(Math.abs)) / Math.max(norm, floor);
}

/** Five steps carry rounding through every ReLU mask and maximum on the way: a wider bound than for one gradient. */
const BOUNDS = { gradient: 2e-4, final: 1e-3 };

function check(
  kind: keyof typeof BOUNDS,
  digests: Readonly<Record<string, Digest>>,
  actual: Record<string, Float32Array>,
  seed: number,
): void {
  const floor = 0.01 * Math.max(...Object.values(digests).map(([, norm]) => norm));
  expect(Object.keys(actual).sort()).toEqual(Object.keys(digests).sort());
  for (const [name, digest] of Object.entries(digests)) {
    const error = distance(name, digest, actual[name], seed, floor);
    expect(error, `${kind} ${name} is ${error} away`).toBeLessThan(BOUNDS[kind]);
  }
}

/** Outputs of the network for the images, and in training mode its gradients. */
async function pass(
  network: Network,
  arrays: Record<string, Float32Array>,
  images: Float32Array,
  mode: "train" | "evaluate",
  labels?: readonly number[],
): Promise<Record<string, Float32Array>> {
  const specs = mode === "train" ? network.parameters : [...network.parameters, ...network.buffers];
  const values = Object.fromEntries(specs.map(({ name, shape }) => [name, input(name, shape)]));
  const count = images.length / sizeOf(network.input);
  const { logits } = network.forward(values, input("images", [count, ...network.input]), mode);
  const feeds: Record<string, Float32Array> = { ...arrays, images };
  const outputs = { logits };
  if (labels !== undefined) {
    const names = Object.keys(values);
    const loss = crossEntropy(logits, input("targets", [count, network.classes]));
    const gradients = grad(
      loss,
      names.map((name) => values[name]),
    );
    Object.assign(outputs, Object.fromEntries(names.map((name, i) => [`gradient.${name}`, gradients[i]])));
    const targets = new Float32Array(count * network.classes);
    for (const [i, label] of labels.entries()) targets[i * network.classes + label] = 1;
    feeds.targets = targets;
  }
  const program = compile("network", outputs);
  return engine.run(program, Object.fromEntries(program.inputs.map(({ name }) => [name, feeds[name]])));
}

describe("follow PyTorch in logits, gradients and five training steps", () => {
  test.each(cases.map((entry) => [`${entry.network} ${JSON.stringify(entry.options)}`, entry] as const))(
    "%s",
    async (_, { network: name, options, batch, seed, ...expected }) => {
      const network = buildNetwork(name, options);
      const start = Object.fromEntries(
        network.parameters.map(({ name, shape }) => [name, { shape, data: parameter(name, shape, seed) }]),
      );
      const arrays = Object.fromEntries(Object.entries(start).map(([key, { data }]) => [key, data]));
      const images = Float32Array.from(drawn("images", batch * sizeOf(network.input), seed), (x) => 2 * Math.fround(x));
      const labels = Array.from({ length: batch }, (_, i) => i % options.classes);

      const { logits, ...gradients } = await pass(network, arrays, images, "train", labels);
      expect(distance("logits", expected.logits, logits, seed, 0)).toBeLessThan(2e-5);
      const named = Object.entries(gradients).map(([key, value]) => [key.slice("gradient.".length), value] as const);
      check("gradient", expected.gradients, Object.fromEntries(named), seed);

      const batches = Array.from(expected.losses, () => ({
        images: { shape: [batch, ...network.input], data: images },
        labels,
      }));
      const sgd = { lr: 0.01, momentum: 0.9, weightDecay: 5e-4 };
      const trained = await trainSteps({ network, parameters: start, batches, engine, ...sgd });
      for (const [step, loss] of expected.losses.entries()) expect(trained.losses[step]).toBeCloseTo(loss, 4);
      const change = Object.entries(trained.parameters).map(([key, { data }]) => [
        key,
        data.map((x, i) => x - start[key].data[i]),
      ]);
      const running = Object.entries(trained.buffers).map(([key, { data }]) => [key, data]);
      check("final", expected.final, Object.fromEntries([...change, ...running]), seed);

      const final = Object.fromEntries(
        Object.entries({ ...trained.parameters, ...trained.buffers }).map(([key, { data }]) => [key, data]),
      );
      const evaluated = await pass(network, final, images, "evaluate");
      expect(distance("evaluated", expected.evaluated, evaluated.logits, seed, 0)).toBeLessThan(BOUNDS.final);
    },
  );

  test("and at full width have as many parameters", () => {
    for (const { network, options, count } of cases) {
      const { width: _, ...rest } = options;
      const { parameters } = buildNetwork(network, rest);
      expect(
        parameters.reduce((total, { shape }) => total + sizeOf(shape), 0),
        network,
      ).toBe(count);
    }
    const others = architectureNames.filter((name) => name !== "convnet");
    expect(new Set(cases.map(({ network }) => network))).toEqual(new Set(others));
  });
});

describe("every network", () => {
  test.each(architectureNames)("%s is what its entry says, and can be built again of its options", (name) => {
    const known = architectures[name].facts;
    for (const norm of known.norms) {
      const network = buildNetwork(name, { norm, width: 8, classes: 3 });
      expect(buildNetwork(name, network.options)).toMatchObject({
        name,
        parameters: network.parameters,
        options: network.options,
      });
      expect(network.usesBatchStatistics).toBe(norm === "batch");
      const values = Object.fromEntries(network.parameters.map(({ name, shape }) => [name, input(name, shape)]));
      const { activations, features, logits } = network.forward(values, input("images", [2, 3, 32, 32]), "train");
      expect(activations).toHaveLength(network.activationCount);
      expect(activations.every(({ shape }) => shape.length === 4 && shape[0] === 2)).toBe(true);
      expect(features.shape).toHaveLength(2);
      expect(logits.shape).toEqual([2, 3]);
    }
    expect(buildNetwork(name).options).toMatchObject({ width: known.width, norm: known.norms[0] });
  });

  test.each(architectureNames)("%s takes 28, 32, 64 and 128 px, grey and colour", (name) => {
    for (const size of [28, 32, 64, 128]) {
      for (const channels of [1, 3]) {
        const network = buildNetwork(name, { size, channels, width: 8 });
        const values = Object.fromEntries(network.parameters.map(({ name, shape }) => [name, input(name, shape)]));
        const images = input("images", [1, channels, size, size]);
        expect(network.forward(values, images, "train").logits.shape).toEqual([1, 10]);
      }
    }
  });

  test("starts in PyTorch's distribution; a transformer's tokens as normal noise", () => {
    const parameters = initialize(buildNetwork("vit", { width: 64 }), Key.fromSeed(1));
    const spread = (data: Float32Array): number => Math.hypot(...data) / Math.sqrt(data.length);
    expect(spread(parameters.pos_embedding.data)).toBeCloseTo(1, 1);
    expect(Math.max(...parameters.pos_embedding.data)).toBeGreaterThan(2);
    // Uniform to 1 / sqrt(48): a deviation of bound / sqrt(3).
    expect(spread(parameters["to_patch_embedding.1.weight"].data)).toBeCloseTo(1 / 12, 2);
  });
});

describe("refuses", () => {
  test.each<[string, AnyNetworkOptions, string]>([
    ["resnet19", {}, 'unknown network "resnet19"; known: alexnet, convnet, lenet'],
    [
      "vgg11",
      { size: 16 },
      "vgg11: 16 x 16 images are too small for it; it needs 28 px or more, or use another network",
    ],
    ["vgg16", { size: 30 }, "vgg16: five poolings halve 30 x 30 images to nothing; it needs 32 px (or 28 x 28)"],
    ["alexnet", { size: [32, 7] }, "alexnet: 32 x 7 images are too small for it; it needs 8 px or more"],
    ["resnet18", { size: 8 }, "resnet18: 8 x 8 images are too small for it; it needs 16 px or more"],
    ["resnet18", { norm: "none" }, 'resnet18: norm "none" does not apply; it can have: instance, group, layer, batch'],
    ["lenet", { norm: "batch" }, 'lenet: norm "batch" does not apply; it can have: none'],
    ["vit", { size: 30 }, "vit: patches of 4 px do not divide 30 x 30 images; use another image size"],
    ["vit", { activation: "relu" }, "activation does not apply to vit; it has width, norm and depth"],
    ["vit", { depth: 0 }, "vit: depth must be an integer from 1 to 16, got 0"],
    ["vit", { width: 12 }, "vit: net width must be divisible by its 8 heads, got 12"],
    ["alexnet", { width: 5 }, "alexnet: net width must be even, got 5"],
    ["alexnet", { width: 4, norm: "group" }, "alexnet: group norm needs a width divisible by 8, got 4"],
    ["vgg11", { width: 6, norm: "group" }, "vgg11: group norm needs a width divisible by 4, got 6"],
    ["mlp", { width: 0 }, "mlp: net width must be a positive integer, got 0"],
  ])("%s %j", (name, options, message) => {
    expect(() => buildNetwork(name, options)).toThrow(RangeError);
    expect(() => buildNetwork(name, options)).toThrow(message);
  });
});
