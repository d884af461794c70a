// The ConvNet: what its parameters are called, how large they are, and what it computes.

import { afterAll, describe, expect, test } from "vitest";
import { createEngine } from "../../src/engine/index.ts";
import { ACTIVATIONS, type ConvNetOptions, convnet, initialBuffers, NORMS, POOLINGS } from "../../src/nn/index.ts";
import { compile, crossEntropy, grad, input, type Tensor } from "../../src/tensor/index.ts";
import { interpret } from "../support/interpreter.ts";
import { difference, draw } from "../tensor/values.ts";

const engine = await createEngine({ workers: 1 });
afterAll(() => engine.close());

const shapes = (options: ConvNetOptions): Record<string, readonly number[]> =>
  Object.fromEntries(convnet(options).parameters.map(({ name, shape }) => [name, shape]));

describe("parameters", () => {
  test("of the default network are those of the family's state_dict", () => {
    expect(shapes({})).toEqual({
      "features.0.weight": [128, 3, 3, 3],
      "features.0.bias": [128],
      "features.1.weight": [128],
      "features.1.bias": [128],
      "features.4.weight": [128, 128, 3, 3],
      "features.4.bias": [128],
      "features.5.weight": [128],
      "features.5.bias": [128],
      "features.8.weight": [128, 128, 3, 3],
      "features.8.bias": [128],
      "features.9.weight": [128],
      "features.9.bias": [128],
      "classifier.weight": [10, 2048],
      "classifier.bias": [10],
    });
    const count = Object.values(shapes({})).reduce((total, shape) => total + shape.reduce((p, e) => p * e, 1), 0);
    expect(count).toBe(320_010); // Zhao et al.: 320,010 parameters on CIFAR-10
  });

  // Modules of a block in the family's nn.Sequential: conv, [norm], activation, [pooling].
  test.each([
    ["none", "none", ["features.0", "features.2"]],
    ["none", "average", ["features.0", "features.3"]],
    ["instance", "none", ["features.0", "features.1", "features.3", "features.4"]],
    ["group", "max", ["features.0", "features.1", "features.4", "features.5"]],
    ["layer", "average", ["features.0", "features.1", "features.4", "features.5"]],
    ["batch", "max", ["features.0", "features.1", "features.4", "features.5"]],
  ] as const)("with %s norm and %s pooling sit at the family's positions", (norm, pooling, modules) => {
    const names = Object.keys(shapes({ norm, pooling, depth: 2, width: 8, size: 8 }));
    expect(names).toEqual([...modules, "classifier"].flatMap((module) => [`${module}.weight`, `${module}.bias`]));
  });

  test.each([
    [{ size: 32 }, 128 * 16],
    [{ size: 28, channels: 1 }, 128 * 16],
    [{ size: 64, depth: 4 }, 128 * 16],
    [{ size: 32, pooling: "none", width: 2 }, 2 * 1024],
    [{ size: [28, 20], depth: 2, width: 4 }, 4 * 7 * 5],
    [{ size: 15, depth: 2, width: 4 }, 4 * 9],
    [{ size: 8, depth: 3, width: 4 }, 4],
  ] as const)("of the classifier of %j take %i features", (options, features) => {
    expect(shapes(options)["classifier.weight"]).toEqual([10, features]);
  });

  test("have PyTorch's initial distribution: uniform to 1 / sqrt(fan in), norms the identity", () => {
    const { parameters } = convnet({ channels: 3, width: 16, depth: 2, size: 8 });
    const initial = Object.fromEntries(parameters.map((spec) => [spec.name, spec.initial]));
    expect(initial).toEqual({
      "features.0.weight": { bound: 1 / Math.sqrt(27) },
      "features.0.bias": { bound: 1 / Math.sqrt(27) },
      "features.1.weight": { value: 1 },
      "features.1.bias": { value: 0 },
      "features.4.weight": { bound: 1 / 12 },
      "features.4.bias": { bound: 1 / 12 },
      "features.5.weight": { value: 1 },
      "features.5.bias": { value: 0 },
      "classifier.weight": { bound: 1 / 8 },
      "classifier.bias": { bound: 1 / 8 },
    });
  });

  test("come with running statistics only for batch norm, which couples the images of a batch", () => {
    for (const norm of NORMS) {
      const network = convnet({ norm, width: 4, depth: 2, size: 8 });
      expect(network.usesBatchStatistics).toBe(norm === "batch");
      expect(network.buffers.map(({ name }) => name)).toEqual(
        norm === "batch" ? [1, 5].flatMap((i) => [`features.${i}.running_mean`, `features.${i}.running_var`]) : [],
      );
    }
    const { "features.1.running_mean": mean, "features.5.running_var": variance } = initialBuffers(
      convnet({ norm: "batch", width: 4, depth: 2, size: 8 }),
    );
    expect([mean, variance]).toEqual([
      { shape: [4], data: new Float32Array(4) },
      { shape: [4], data: new Float32Array(4).fill(1) },
    ]);
  });
});

describe("options", () => {
  test("are kept, so that the network can be built again", () => {
    const network = convnet({ width: 8, norm: "group", size: [16, 8], classes: 3 });
    expect(convnet(network.options)).toMatchObject({ parameters: network.parameters, options: network.options });
    expect([network.name, network.input, network.classes]).toEqual(["convnet", [3, 16, 8], 3]);
  });

  test.each<[ConvNetOptions, string]>([
    [
      { norm: "instancenorm" as "instance" },
      'convnet: norm "instancenorm" does not apply; it can have: instance, none, group, layer, batch',
    ],
    [{ activation: "gelu" as "relu" }, 'convnet: unknown activation "gelu"; known: relu, leaky_relu, sigmoid, swish'],
    [{ pooling: "avgpooling" as "average" }, 'convnet: unknown pooling "avgpooling"; known: average, max, none'],
    [{ depth: 0 }, "convnet: depth must be an integer from 1 to 16, got 0"],
    [{ width: 1.5 }, "convnet: net width must be a positive integer, got 1.5"],
    [{ channels: -3 }, "convnet: channels must be a positive integer, got -3"],
    [{ size: [32, Number.NaN] }, "convnet: width must be a positive integer, got NaN"],
    [{ norm: "group", width: 6 }, "convnet: group norm needs a width divisible by 4, got 6"],
    [
      { size: [32, 7], depth: 3 },
      "convnet: depth 3 halves 32 x 7 images to nothing; use depth 2 or less, or pooling none",
    ],
    [
      { heads: 2 } as ConvNetOptions,
      "heads does not apply to convnet; it has width, norm, depth, activation and pooling",
    ],
  ])("%j is refused", (options, message) => {
    expect(() => convnet(options)).toThrow(RangeError);
    expect(() => convnet(options)).toThrow(message);
  });
});

describe("forward", () => {
  function traced(options: ConvNetOptions, mode: "train" | "evaluate", n: number = 3) {
    const network = convnet({ channels: 2, classes: 3, width: 4, depth: 2, size: 8, ...options });
    const specs = [...network.parameters, ...network.buffers];
    const values = Object.fromEntries(specs.map(({ name, shape }) => [name, input(name, shape)]));
    const images = input("images", [n, ...network.input]);
    const feeds: Record<string, Float32Array> = { images: draw("normal", images.size, "images") };
    for (const { name } of specs) {
      feeds[name] = draw(name.endsWith("running_var") ? "positive" : "normal", values[name].size, name);
    }
    return { network, values, images, feeds, forward: network.forward(values, images, mode) };
  }

  test("has maps before pooling, flat features and logits", () => {
    const { forward } = traced({ size: [8, 10] }, "train");
    expect(forward.activations.map(({ shape }) => shape)).toEqual([
      [3, 4, 8, 10],
      [3, 4, 4, 5],
    ]);
    expect([forward.features.shape, forward.logits.shape]).toEqual([
      [3, 16],
      [3, 3],
    ]);
    expect(forward.statistics).toEqual({});
  });

  test("pads images of 28 pixels to 32 in the first convolution", () => {
    const { forward } = traced({ size: 28, depth: 3 }, "train", 1);
    expect(forward.activations.map(({ shape }) => shape.slice(2))).toEqual([
      [32, 32],
      [16, 16],
      [8, 8],
    ]);
  });

  const variants = [
    ...NORMS.map((norm) => ({ norm })),
    ...ACTIVATIONS.map((activation) => ({ activation, norm: "none" as const })),
    ...POOLINGS.map((pooling) => ({ pooling })),
    { size: [9, 7] as const },
  ];
  for (const options of variants) {
    for (const mode of ["train", "evaluate"] as const) {
      test(`of ${JSON.stringify(options)} in ${mode} mode agrees with float64, with its gradients`, async () => {
        const { network, values, feeds, forward } = traced(options, mode);
        const loss = crossEntropy(forward.logits, input("targets", forward.logits.shape));
        const wrt = network.parameters.map(({ name }) => values[name]);
        const gradients = grad(loss, wrt);
        const outputs: Record<string, Tensor> = {
          logits: forward.logits,
          map: forward.activations[1],
          features: forward.features,
        };
        for (const [i, { name }] of network.parameters.entries()) outputs[`d.${name}`] = gradients[i];
        for (const [name, statistic] of Object.entries(forward.statistics)) outputs[`next.${name}`] = statistic;
        const all: Record<string, Float32Array> = {
          ...feeds,
          targets: draw("positive", forward.logits.size, "targets"),
        };
        const program = compile("network", outputs);
        const needed = Object.fromEntries(program.inputs.map(({ name }) => [name, all[name]]));
        const actual = await engine.run(program, needed);
        for (const [name, expected] of Object.entries(interpret(outputs, all))) {
          expect(difference(actual[name], expected), name).toBeLessThan(2e-5);
        }
      });
    }
  }

  test("leaves the convolution's bias out where the norm takes it away, and its gradient is zero", () => {
    const { forward, values, feeds } = traced({ norm: "instance" }, "train");
    const [gradient] = grad(crossEntropy(forward.logits, input("targets", [3, 3])), [values["features.0.bias"]]);
    const targets = draw("positive", 9, "targets");
    expect([...interpret({ gradient }, { ...feeds, targets }).gradient]).toEqual([0, 0, 0, 0]);
  });

  test("with batch norm gives the batch's mean, bias and all, and its unbiased variance", () => {
    const { forward, feeds } = traced({ norm: "batch", depth: 1, size: [2, 2] }, "train", 2);
    const statistics = interpret(forward.statistics as Record<string, Tensor>, feeds);
    const { convolved } = interpret({ convolved: convolution(forward.activations[0]) }, feeds);
    for (const channel of [0, 1, 2, 3]) {
      const bias = feeds["features.0.bias"][channel];
      const values = [...convolved].filter((_, i) => Math.floor(i / 4) % 4 === channel).map((value) => value + bias);
      const mean = values.reduce((a, b) => a + b) / 8;
      const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / 7;
      expect(statistics["features.1.running_mean"][channel]).toBeCloseTo(mean, 6);
      expect(statistics["features.1.running_var"][channel]).toBeCloseTo(variance, 6);
    }
  });

  test("in evaluation mode treats each image by itself, also with batch norm", () => {
    const { network, values, feeds, forward } = traced({ norm: "batch" }, "evaluate");
    const alone = network.forward(values, input("images", [1, ...network.input]), "evaluate");
    const first = { ...feeds, images: feeds.images.subarray(0, 2 * 64) };
    const together = interpret({ logits: forward.logits }, feeds).logits;
    expect([...interpret({ logits: alone.logits }, first).logits]).toEqual([...together.subarray(0, 3)]);
  });
});

/** The convolution that a map was made of. */
function convolution(map: Tensor): Tensor {
  let node = map;
  while (node.primitive.name !== "conv2d") node = node.inputs[0];
  return node;
}
