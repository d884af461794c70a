// A batch under operations that all images get, and CutMix, against PyTorch (scripts/oracle/cutmix.py).

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Augmentation,
  augment,
  type CutMix,
  cutMixImages,
  cutMixTargets,
  type ImageShape,
} from "../../src/augment/index.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { type Arrays, type ConvNetOptions, convnet } from "../../src/nn/index.ts";
import { type SgdOptions, Trainer } from "../../src/train/index.ts";
import { loadFixtures, relativeError } from "../support/fixtures.ts";

interface Case {
  readonly network: ConvNetOptions;
  readonly sgd: SgdOptions;
  readonly augmentation: Augmentation;
  readonly mix: CutMix | null;
  readonly loss: number;
}

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ workers: 2 });
});
afterAll(() => engine.close());

function maxError(actual: Float32Array, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  return actual.reduce((worst, value, i) => Math.max(worst, Math.abs(value - expected[i])), 0);
}

describe("a batch agrees with PyTorch", () => {
  for (const fixture of loadFixtures("cutmix")) {
    const { network, sgd, augmentation, mix, loss } = fixture.json<Case>("case");
    const given = fixture.array("images");
    const shape = given.shape as unknown as ImageShape;
    const labels = fixture.integers("labels");
    const augmented = augment(augmentation, given.data as Float32Array, shape);
    const own =
      fixture.name === "soft"
        ? (fixture.array("probabilities").data as Float32Array)
        : Float32Array.from({ length: 4 * labels.length }, (_, i) => Number(labels[Math.floor(i / 4)] === i % 4));
    const images = mix === null ? augmented : cutMixImages(mix, augmented, shape);
    const soft = mix === null ? own : cutMixTargets(mix, own, shape);

    it(`in its images and targets: ${fixture.name}`, () => {
      expect(maxError(augmented, fixture.array("augmented").data)).toBeLessThan(1e-5);
      expect(maxError(images, fixture.array("mixed").data)).toBeLessThan(1e-5);
      expect(maxError(soft, fixture.array("targets").data)).toBeLessThan(1e-6);
    });

    it(`in its loss, its gradients and a step of SGD: ${fixture.name}`, async () => {
      const initial = fixture.arrays("initial.");
      /** All parameters after a step. */
      const stepped = async (options: SgdOptions): Promise<Arrays> => {
        const trainer = new Trainer(convnet(network), initial, engine);
        expect(Math.abs((await trainer.step(images, labels, options, soft)) - loss)).toBeLessThan(1e-5);
        return trainer.state().parameters;
      };
      const joined = (arrays: Arrays): number[] =>
        Object.keys(initial).flatMap((name) => Array.from(arrays[name].data));
      const start = joined(initial);
      const gradients = joined(await stepped({ lr: 1, momentum: 0, weightDecay: 0 })).map((end, i) => start[i] - end);
      expect(relativeError(gradients, joined(fixture.arrays("gradient.")))).toBeLessThan(1e-5);
      const final = await stepped(sgd);
      const expected = fixture.arrays("final.");
      for (const [name, { data }] of Object.entries(final)) {
        expect(relativeError(data, expected[name].data), name).toBeLessThan(1e-5);
      }
    });
  }
});
