// How well a small set trains a network: fresh networks trained on it alone, tested on real images.

import pMap from "p-map";
import { isPixelPolicy } from "../augment/index.ts";
import { createEngine } from "../engine/index.ts";
import type { Program } from "../engine/types.ts";
import { DatadamError } from "../errors.ts";
import {
  assertSameImages,
  assertWholeSet,
  expandSet,
  type ImageSet,
  type PreparedSet,
  prepareWith,
  type SyntheticSet,
  samePreprocessing,
} from "../images/index.ts";
import { Key } from "../random/index.ts";
import { mean, sampleStd } from "../statistics/index.ts";
import {
  assertPixels,
  countAnswers,
  countCorrect,
  fitNetwork,
  parseProtocol,
  resolveProtocol,
  type Trainer,
  type TrainingImages,
} from "../train/index.ts";
import { answersByClass, gathered } from "./answers.ts";
import { networkFor } from "./network.ts";
import type { Answers, Best, EvaluateOptions, Evaluation } from "./types.ts";

/**
 * Trains `networks` fresh networks on `set` only and tests each on `test` after the last epoch. Networks, batches and
 * augmentation are keyed by (seed, network, epoch): the same seed gives the same accuracies with any number of workers.
 *
 * @param set  a distilled set, or any other labelled images in prepared space. With a `factor` networks see
 *   `expandSet(set)`.
 * @param test as bytes (then prepared as `set` was), or already prepared the same way.
 * @throws DatadamError `INVALID_DATA` where the two differ in image shape, classes or preprocessing, one has no images,
 * or the set's arrays do not fit each other; `INVALID_OPTION` for an unknown protocol, and a network that is unknown or
 * does not fit the images.
 */
export async function evaluate(
  set: SyntheticSet,
  test: ImageSet | PreparedSet,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const started = performance.now();
  const { indices, seed = 0, signal, onProgress, onNetwork } = options;
  const networks = indices?.length ?? options.networks ?? 3;
  const protocol = resolveProtocol(parseProtocol(options.protocol ?? "quick"), test.flippable ?? true);
  if (!Number.isInteger(networks) || networks < 1) {
    throw new DatadamError("INVALID_OPTION", `networks must be a positive integer, got ${networks}`);
  }
  assertWholeSet(set);
  checkMatch(set, test);
  if (isPixelPolicy(protocol.augment)) assertPixels(protocol.augment, set.preprocessing);
  if (options.softLabels && set.softLabels === undefined) {
    throw new DatadamError("INVALID_OPTION", "softLabels: the set carries none", {
      hint: "Give it some with withSoftLabels, or leave the option out.",
    });
  }
  const whole = expandSet(set);
  const training: TrainingImages = options.softLabels ? { ...whole, targets: set.softLabels } : whole;
  const network = networkFor(set, options, protocol.norm);
  const engine = options.engine ?? (await createEngine());
  try {
    const prepared = "read" in test ? test : await prepareWith(set.preprocessing, test);
    const programs = new Map<string, Program>();
    const work = workOf(protocol.epochs, whole.labels.length, prepared.count);
    const worked: number[] = new Array(networks).fill(0);
    const { checks, epochs } = protocol;
    const best: number[] = [];
    const answers: Answers[] = [];
    const trainOne = async (place: number): Promise<number> => {
      const index = indices?.[place] ?? place;
      const key = Key.fromSeed(seed).fold("evaluate", index);
      let last = Number.NaN;
      const tell = (epoch: number, loss: number, tested?: number): void => {
        last = loss;
        worked[place] = work(epoch, tested ?? 0);
        const done = worked.reduce((total, share) => total + share, 0) / networks;
        onProgress?.({ network: place, networks, epoch, epochs, loss, tested, done });
      };
      const accuracyOf = (correct: number): number => {
        const accuracy = (100 * correct) / prepared.count;
        best[place] = Math.max(best[place] ?? 0, accuracy);
        return accuracy;
      };
      const onEpoch = async (epoch: number, loss: number, trained: Trainer): Promise<void> => {
        tell(epoch, loss);
        if (checks === undefined || epoch % checks !== 0 || epoch >= epochs) return;
        accuracyOf(await countCorrect(trained, prepared, signal));
      };
      const trainer = await fitNetwork(network, () => training, { protocol, key, engine, programs, signal, onEpoch });
      tell(epochs, last, 0);
      const found = await countAnswers(trainer, prepared, signal, (tested) => tell(epochs, last, tested));
      const accuracy = accuracyOf(found.correct);
      answers[place] = answersByClass(found.answers);
      onNetwork?.(index, accuracy, checks === undefined ? undefined : best[place], answers[place]);
      return accuracy;
    };
    const accuracies = await pMap(Array(networks).keys(), trainOne, { concurrency: Math.max(1, engine.workers) });
    const seconds = (performance.now() - started) / 1000;
    return {
      ...summaryOf(accuracies),
      ...(checks !== undefined && { best: summaryOf(best) }),
      ...gathered(answers),
      ...{ protocol, network: { name: network.name, ...network.options }, seconds },
    };
  } finally {
    if (options.engine === undefined) await engine.close();
  }
}

/** Accuracies of networks, with their mean and spread. */
export function summaryOf(accuracies: readonly number[]): Best {
  return { mean: mean(accuracies), std: sampleStd(accuracies), accuracies };
}

/**
 * The work of a network as a share of all of it: testing an image is a forward pass, a third of a step with it.
 *
 * @param count images to train on.
 * @param tests images to test on.
 */
function workOf(epochs: number, count: number, tests: number): (epoch: number, tested: number) => number {
  const all = workInImages(epochs, count, tests);
  return (epoch, tested) => workInImages(epoch, count, tested) / all;
}

/** Images of training that the training and testing of a network are worth. */
export function workInImages(epochs: number, count: number, tests: number): number {
  return epochs * count + tests / 3;
}

function checkMatch(set: SyntheticSet, test: ImageSet | PreparedSet): void {
  assertSameImages(set, "the set", test, {
    shape: "Load the test images with the same size and channels.",
    classes: "Test it on the data set that it was made from, with the same labels and classes.",
  });
  if (test.count === 0) throw new DatadamError("INVALID_DATA", `${test.name} has no images to test on`);
  if ("read" in test && !samePreprocessing(set.preprocessing, test.preprocessing)) {
    throw new DatadamError("INVALID_DATA", `${test.name} is prepared in another way than the set`, {
      hint: "Give the test images as bytes, or prepare them with prepareWith and the set's preprocessing.",
    });
  }
}
