// One iteration over the classes of a shard. The real pass of the next iteration is begun while the last classes of
// this one are at work, so that no worker waits.

import pMap from "p-map";
import { augment, augmentAdjoint } from "../augment/index.ts";
import { concatFloats } from "../bytes.ts";
import { JOINT_IMAGES } from "../engine/costModel.ts";
import type { Binding } from "../engine/types.ts";
import { expandImages, expandImagesAdjoint, type PreparedSet } from "../images/index.ts";
import type { Network } from "../nn/index.ts";
import type { Key } from "../random/index.ts";
import { sizeOf } from "../tensor/size.ts";
import type { ResolvedCommon } from "./config/common.ts";
import { type Descended, type Descent, descend } from "./descend.ts";
import type { Draws } from "./draws.ts";
import type { Match, MethodInstance, Targets } from "./method.ts";
import type { Draw, Group } from "./realImages.ts";
import { learnLabels } from "./softLabels.ts";

/** Classes under way at once besides two for each worker: they wait for the worker that has compiled their match. */
const WAITING = 4;

export interface StepOptions {
  readonly shape: PreparedSet["shape"];
  readonly config: ResolvedCommon;
  readonly descent: Descent;
  readonly key: Key;
  readonly network: Network;
  readonly draws: Draws;
  /** The classes of the shard, in the order of the state's images. */
  readonly classes: readonly number[];
  readonly method: MethodInstance;
  /** Of soft labels, which the state then has. Default 0: labels are hard. */
  readonly labelRate?: number;
  readonly workers: number;
  readonly signal?: AbortSignal | undefined;
}

export interface StepResult {
  /** Whether all images are finite. */
  readonly finite: boolean;
  /** Those of the method's matches, summed over classes, mean over outer steps. */
  readonly distances: readonly number[];
}

/** An outer step of an iteration, with its draw. */
interface Pass {
  readonly iteration: number;
  readonly outerStep: number;
  readonly draw: Draw;
}

export class Step {
  readonly #options: StepOptions;
  /** Classes that are matched in one go, as positions in the shard. */
  readonly #groups: readonly Group[];
  readonly #outerSteps: number;
  /** Images of a class that networks see. */
  readonly #imagesPerClass: number;
  /** Of all images; every outer step writes it anew. */
  #gradient: Float32Array | undefined;
  /** The pass of the next iteration, once it has begun. */
  #next: Pass | undefined;

  constructor(options: StepOptions) {
    const { config, method, draws } = options;
    this.#options = options;
    this.#imagesPerClass = config.ipc * config.factor ** 2;
    this.#groups = method.matching.joint ? joined(draws.groups, this.#imagesPerClass) : draws.groups;
    this.#outerSteps = method.outerSteps ?? 1;
    if (this.#outerSteps > 1 && method.train === undefined) {
      throw new TypeError("a method of several outer steps must train its network");
    }
  }

  /**
   * Makes iteration `iteration` (from 1), with all its outer steps.
   *
   * @param into where images and momentum after it go. Those of `state` stay as they are.
   */
  async run(iteration: number, state: Descended, into: Descended): Promise<StepResult> {
    const { draws, signal } = this.#options;
    let pass = this.#next?.iteration === iteration ? this.#next : this.#first(iteration);
    this.#next = undefined;
    let result = await this.#outerStep(pass, state, into);
    const distances = [result.distances];
    for (let outerStep = 1; outerStep < this.#outerSteps; outerStep++) {
      signal?.throwIfAborted();
      const parameters = await this.#train(pass, into.images);
      pass = { iteration, outerStep, draw: draws.later(iteration, outerStep, parameters) };
      result = await this.#outerStep(pass, into, into);
      distances.push(result.distances);
    }
    return { ...result, distances: sums(distances).map((total) => total / distances.length) };
  }

  #first(iteration: number): Pass {
    return { iteration, outerStep: 0, draw: this.#options.draws.first(iteration) };
  }

  /** One match of every class, and one step of the images. */
  async #outerStep(pass: Pass, state: Descended, into: Descended): Promise<StepResult> {
    const gradient = this.#gradient ?? new Float32Array(state.images.length);
    this.#gradient = gradient;
    const distances: (readonly number[])[] = [];
    const count = this.#groups.length;
    const lanes = Math.min(2 * this.#options.workers + WAITING, count);
    const matchGroup = async (g: number): Promise<void> => {
      const targets = await this.#targets(pass.draw, g);
      const matching = this.#match(pass.draw, g, targets, state);
      // Nothing of this outer step is left to start.
      if (g >= count - lanes) this.#prefetch(pass, g - (count - lanes));
      const match = await matching;
      distances[g] = match.distances;
      this.#gather(pass.draw, g, match.gradient, gradient);
      this.#learn(g, match.probabilities, state, into);
    };
    await pMap(Array(count).keys(), matchGroup, { concurrency: lanes });
    return { finite: descend(state, gradient, this.#options.descent, into), distances: sums(distances) };
  }

  /** The targets of classes that are matched in one go: those of their real sides, one after another. */
  async #targets(draw: Draw, g: number): Promise<Targets> {
    const parts = await Promise.all(this.#realGroups(g).map((real) => draw.targets(real)));
    if (parts.length === 1) return parts[0];
    return Object.fromEntries(Object.keys(parts[0]).map((name) => [name, join(parts.map((part) => part[name]))]));
  }

  /** Real sides that a group of matched classes has. */
  #realGroups(g: number): readonly number[] {
    const { groups } = this.#options.draws;
    return groups.length === this.#groups.length ? [g] : this.#groups[g];
  }

  /** Matches the synthetic images of a group, as networks see them. */
  #match(draw: Draw, g: number, targets: Targets, state: Descended): Promise<Match> {
    const { config, method, classes, shape } = this.#options;
    const length = config.ipc * sizeOf(shape);
    const images = this.#groups[g].map((position) => {
      const stored = state.images.subarray(position * length, (position + 1) * length);
      const seen = expandImages(stored, shape, config.factor);
      return augment(draw.augmentation(position), seen, [this.#imagesPerClass, ...shape]);
    });
    const labels = this.#groups[g].map((position) => classes[position]);
    const { softLabels } = state;
    const own = softLabels && join(this.#groups[g].map((position) => this.#labelsOf(softLabels, position)));
    const options = { accuracy: draw.accuracy, ...(own && { labels: own }) };
    return method.matching.match(draw.parameters, targets, join(images), labels, options);
  }

  /** The rows of a class. */
  #labelsOf(softLabels: Float32Array, position: number): Float32Array {
    const length = softLabels.length / this.#options.classes.length;
    return softLabels.subarray(position * length, (position + 1) * length);
  }

  /** The labels of a group after the step. @param said absent of a network that does not count */
  #learn(g: number, said: Float32Array | undefined, { softLabels }: Descended, into: Descended): void {
    if (softLabels === undefined || into.softLabels === undefined) return;
    const { labelRate: rate = 0, network } = this.#options;
    for (const [i, position] of this.#groups[g].entries()) {
      const labels = this.#labelsOf(softLabels, position);
      const after = this.#labelsOf(into.softLabels, position);
      if (said === undefined) after.set(labels);
      else {
        const own = said.subarray(i * labels.length, (i + 1) * labels.length);
        learnLabels(labels, own, { rate, width: network.classes }, after);
      }
    }
  }

  /** Brings the gradient of a group's images, as networks saw them, back to that of the stored images. */
  #gather(draw: Draw, g: number, seen: Float32Array, gradient: Float32Array): void {
    const { config, shape } = this.#options;
    const { ipc, factor } = config;
    const size = sizeOf(shape);
    const length = this.#imagesPerClass * size;
    for (const [i, position] of this.#groups[g].entries()) {
      const part = seen.subarray(i * length, (i + 1) * length);
      const full = augmentAdjoint(draw.augmentation(position), part, [this.#imagesPerClass, ...shape]);
      gradient.set(expandImagesAdjoint(full, shape, factor), position * ipc * size);
    }
  }

  /**
   * Begins the real pass of the next iteration. The network of a next outer step is not known before this one has
   * ended.
   */
  #prefetch({ iteration, outerStep }: Pass, g: number): void {
    if (outerStep < this.#outerSteps - 1 || iteration >= this.#options.config.iterations) return;
    this.#next ??= this.#first(iteration + 1);
    // A failure is met when the iteration is run; until then nobody waits for it.
    for (const real of this.#realGroups(g)) this.#next.draw.targets(real).catch(() => undefined);
  }

  /** The inner loop: the network of the next outer step, trained on the synthetic images. */
  #train({ iteration, outerStep, draw }: Pass, images: Float32Array): Promise<Binding> {
    const { config, key, classes, method, shape } = this.#options;
    const count = this.#imagesPerClass;
    const labels = Uint16Array.from({ length: classes.length * count }, (_, i) => classes[Math.floor(i / count)]);
    const whole = expandImages(images, shape, config.factor);
    return method.train!(draw.parameters, whole, labels, key.fold("train", iteration, outerStep));
  }
}

/**
 * Classes with few images are matched together, as evenly as can be: their bytes do not depend on with whom.
 *
 * @param groups each of one class, or one of all, which stays.
 */
function joined(groups: readonly Group[], imagesPerClass: number): readonly Group[] {
  const count = groups.length;
  const programs = Math.ceil(count / Math.max(1, Math.floor(JOINT_IMAGES / imagesPerClass)));
  if (programs === count) return groups;
  const cut = (i: number): number => Math.round((i * count) / programs);
  return Array.from({ length: programs }, (_, i) => groups.slice(cut(i), cut(i + 1)).flat());
}

/** Element by element. */
function sums(rows: readonly (readonly number[])[]): number[] {
  return rows[0].map((_, k) => rows.reduce((total, row) => total + row[k], 0));
}

/** A single part stays where it is. */
function join(parts: readonly Float32Array[]): Float32Array {
  return parts.length === 1 ? parts[0] : concatFloats(parts);
}
