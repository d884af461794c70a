import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../../src/distill/config/index.ts";
import { resolveWith } from "../../../src/distill/config/resolveConfig.ts";
import { descentOf } from "../../../src/distill/descend.ts";
import { freshDraws } from "../../../src/distill/draws.ts";
import { rowDistance } from "../../../src/distill/matching/gradients.ts";
import { bindParameters } from "../../../src/distill/matching/match.ts";
import type { MethodInstance } from "../../../src/distill/method.ts";
import { methods } from "../../../src/distill/methods/index.ts";
import { groupsOf, RealImages } from "../../../src/distill/realImages.ts";
import { Step, type StepOptions } from "../../../src/distill/step.ts";
import type { PreparedSet } from "../../../src/images/types.ts";
import {
  type ConvNetOptions,
  convnet,
  createEngine,
  type Engine,
  gradientMatchingLoss,
  Key,
} from "../../../src/index.ts";
import { type Fixture, loadFixtures, relativeError } from "../../support/fixtures.ts";

const fixtures = loadFixtures("gradients");
let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

interface Network {
  network: ConvNetOptions & { classes: number };
}

describe("gradientMatchingLoss agrees with PyTorch autograd of the second order", () => {
  for (const fixture of fixtures.filter(({ name }) => name.startsWith("match-"))) {
    it(fixture.name, async () => {
      const { network } = fixture.json<Network>("config");
      const expected = fixture.json<{ loss: number; layers: number[] }>("expected");
      const { loss, layers, gradient } = await gradientMatchingLoss({
        network: convnet(network),
        parameters: fixture.arrays("parameters."),
        real: fixture.array("real"),
        synthetic: fixture.array("synthetic"),
        classes: network.classes,
        engine,
      });
      expect(Math.abs(loss / expected.loss - 1)).toBeLessThan(1e-5);
      expect(relativeError(Object.values(layers), expected.layers)).toBeLessThan(1e-5);
      expect(gradient.shape).toEqual(fixture.array("gradient").shape);
      expect(relativeError(gradient.data, fixture.array("gradient").data)).toBeLessThan(1e-4);
    });
  }
});

/** The fixture's real images as a set: a batch takes all of each class. */
function realSet(fixture: Fixture, classes: number): PreparedSet {
  const { shape, data } = fixture.array("real");
  const [count, channels, height, width] = shape as [number, number, number, number];
  const size = channels * height * width;
  return {
    name: "fixture",
    count,
    shape: [channels, height, width],
    classNames: Array.from({ length: classes }, (_, c) => `class ${c}`),
    labels: Uint16Array.from({ length: count }, (_, i) => Math.floor((i * classes) / count)),
    preprocessing: { normalization: { mean: [0], std: [1] }, zca: undefined },
    flippable: true,
    read(indices, out = new Float32Array(indices.length * size)) {
      for (let i = 0; i < indices.length; i++) {
        out.set(data.subarray(indices[i] * size, (indices[i] + 1) * size), i * size);
      }
      return out;
    },
  };
}

describe("an iteration of DC follows PyTorch's, matching in the outer loop and training in the inner one", () => {
  for (const fixture of fixtures.filter(({ name }) => name.startsWith("steps-"))) {
    it(fixture.name, async () => {
      const { network: options, ...settings } = fixture.json<Network & { outerLoops: number; ipc: number }>("config");
      const { losses } = fixture.json<{ losses: number[] }>("expected");
      const network = convnet(options);
      const set = realSet(fixture, options.classes);
      const { depth, width } = options;
      const sizes = { depth: depth!, width: width!, batchReal: 100, batchTrain: 100, iterations: 1 };
      const config = resolveWith(methods.dc, parseConfig({ method: methods.dc, ...settings, ...sizes }), set);
      const initial = fixture.arrays("parameters.");
      const method = await methods.dc.make({ network, config, engine });
      const key = Key.fromSeed(0);
      const classes = set.classNames.map((_, c) => c);
      const groups = groupsOf(classes, network);
      const stepOptions = (method: MethodInstance): StepOptions => {
        const real = new RealImages({ set, config, key, classes, groups, matching: method.matching });
        const given = Object.fromEntries(Object.entries(initial).map(([name, { data }]) => [name, data]));
        const draws = freshDraws(real, () => bindParameters(given));
        const descent = descentOf(config, set);
        return { shape: set.shape, config, descent, network, method, key, draws, classes, workers: engine.workers };
      };
      const images = fixture.array("synthetic").data;
      const start = { images, momentum: new Float32Array(images.length) };
      const end = { images: new Float32Array(images.length), momentum: new Float32Array(images.length) };
      const result = await new Step(stepOptions(method)).run(1, start, end);

      const final = fixture.array("final").data;
      const moved = (to: Float32Array): Float32Array => to.map((value, i) => value - images[i]);
      expect(relativeError(moved(end.images), moved(final))).toBeLessThan(1e-4);
      const mean = losses.reduce((total, loss) => total + loss, 0) / losses.length;
      expect(Math.abs(method.measures(result.distances).loss / mean - 1)).toBeLessThan(1e-5);
      // The bound means something: without training, the images end up elsewhere.
      const untrained = await methods.dc.make({ network, config: { ...config, innerLoops: 0 }, engine });
      await new Step(stepOptions(untrained)).run(1, start, end);
      expect(relativeError(moved(end.images), moved(final))).toBeGreaterThan(1e-3);
    });
  }
});

describe("rowDistance", () => {
  it("is 0 for equal directions, 2 for opposite ones, 1 for right angles or no direction, for each row", () => {
    const synthetic = Float32Array.of(1, 2, 3, 4, 1, 0, 0, 0);
    const target = Float32Array.of(2, 4, -3, -4, 0, 5, 1, 1);
    const { distance, gradient } = rowDistance(synthetic, target, 4, 1);
    expect(distance).toBeCloseTo(0 + 2 + 1 + 1, 5);
    // A row of zeros has no direction, and so gets a finite gradient.
    expect(gradient.every(Number.isFinite)).toBe(true);
  });

  it("has the gradient that differences say", () => {
    const stream = Key.fromSeed(1).stream();
    const [synthetic, target] = [stream.fillNormal(new Float32Array(12)), stream.fillNormal(new Float32Array(12))];
    const { gradient } = rowDistance(synthetic, target, 3, 0.5);
    const numeric = synthetic.map((_, i) => {
      const at = (by: number): number =>
        rowDistance(
          synthetic.map((value, j) => (j === i ? value + by : value)),
          target,
          3,
          1,
        ).distance;
      return (0.5 * (at(2 ** -10) - at(-(2 ** -10)))) / 2 ** -9;
    });
    expect(relativeError(gradient, numeric)).toBeLessThan(1e-5);
  });
});

it("refuses batch norm and more classes than the network has", async () => {
  const fixture = fixtures.find(({ name }) => name === "match-none-grey16")!;
  const { network } = fixture.json<Network>("config");
  const [real, synthetic] = [fixture.array("real"), fixture.array("synthetic")];
  const call = (options: ConvNetOptions, classes: number): Promise<unknown> => {
    const built = convnet(options);
    const parameters = Object.fromEntries(
      built.parameters.map(({ name, shape }) => [
        name,
        { shape, data: new Float32Array(shape.reduce((product, extent) => product * extent, 1)) },
      ]),
    );
    return gradientMatchingLoss({ network: built, parameters, real, synthetic, classes, engine });
  };
  await expect(call({ ...network, norm: "batch" }, 3)).rejects.toThrow("batch norm couples the images of a class");
  await expect(call(network, 6)).rejects.toThrow("6 classes of images for a network of 3 classes");
});
