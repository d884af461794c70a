// One iteration over the classes of a shard. The real pass of the next iteration is begun while the last classes of
// this one are at work, so that no worker waits.

import pMap from "p-map";
import type { Binding } from "../engine/types.ts";
import { expandImages, expandImagesAdjoint, type PreparedSet } from "../images/index.ts";
import type { Network } from "../nn/index.ts";
import type { Key } from "../random/index.ts";
import { sizeOf } from "../tensor/size.ts";
import type { ResolvedCommon } from "./config/common.ts";
import { type Descended, descend } from "./descend.ts";
import type { Match, MethodInstance, Targets } from "./method.ts";
import { type Group, RealImages, type RealPass } from "./realPass.ts";

/** Classes under way at once besides two for each worker: they wait for the worker that has compiled their match. */
const WAITING = 4;

export interface StepOptions {
  readonly set: PreparedSet;
  readonly config: ResolvedCommon;
  readonly key: Key;
  readonly network: Network;
  /** The parameters of an iteration's fresh network. */
  readonly fresh: (iteration: number) => Binding;
  /** The classes of the shard, in the order of the state's images. */
  readonly classes: readonly number[];
  readonly method: MethodInstance;
  readonly workers: number;
  readonly signal?: AbortSignal | undefined;
}

export interface StepResult extends Descended {
  /** Those of the method's matches, summed over classes, mean over outer steps. */
  readonly distances: readonly number[];
}

export class Step {
  readonly #options: StepOptions;
  readonly #groups: readonly Group[];
  readonly #real: RealImages;
  readonly #outerSteps: number;
  readonly #shape: readonly [channels: number, height: number, width: number];
  /** Images of a class that networks see. */
  readonly #imagesPerClass: number;
  /** The pass of the next iteration, once it has begun. */
  #next: RealPass | undefined;

  /** @throws DatadamError `INVALID_DATA` for a class without images. */
  constructor(options: StepOptions) {
    const { set, config, network, classes, key, method } = options;
    const positions = [...classes.keys()];
    this.#options = options;
    this.#groups = network.usesBatchStatistics ? [positions] : positions.map((position) => [position]);
    this.#real = new RealImages({ set, config, key, classes, groups: this.#groups, matching: method.matching });
    this.#outerSteps = method.outerSteps ?? 1;
    this.#shape = set.shape;
    this.#imagesPerClass = config.ipc * config.factor ** 2;
    if (this.#outerSteps > 1 && method.train === undefined) {
      throw new TypeError("a method of several outer steps must train its network");
    }
  }

  /** The state's images and momentum after iteration `iteration` (from 1): one fresh network, all its outer steps. */
  async run(iteration: number, state: Descended): Promise<StepResult> {
    const { fresh, signal } = this.#options;
    let pass = this.#next?.iteration === iteration ? this.#next : this.#real.pass(iteration, 0, fresh(iteration));
    this.#next = undefined;
    let result = await this.#outerStep(pass, state);
    const distances = [result.distances];
    for (let outerStep = 1; outerStep < this.#outerSteps; outerStep++) {
      signal?.throwIfAborted();
      pass = this.#real.pass(iteration, outerStep, await this.#train(pass, result.images));
      result = await this.#outerStep(pass, result);
      distances.push(result.distances);
    }
    return { ...result, distances: sums(distances).map((total) => total / distances.length) };
  }

  /** One match of every class, and one step of the images. */
  async #outerStep(pass: RealPass, state: Descended): Promise<StepResult> {
    const gradient = new Float32Array(state.images.length);
    const distances: (readonly number[])[] = [];
    const count = this.#groups.length;
    const lanes = Math.min(2 * this.#options.workers + WAITING, count);
    const matchGroup = async (g: number): Promise<void> => {
      const targets = await pass.targets(g);
      const matching = this.#match(pass, g, targets, state.images);
      // Nothing of this outer step is left to start.
      if (g >= count - lanes) this.#prefetch(pass, g - (count - lanes));
      const match = await matching;
      distances[g] = match.distances;
      this.#gather(pass, g, match.gradient, gradient);
    };
    await pMap(Array(count).keys(), matchGroup, { concurrency: lanes });
    return { ...descend(state, gradient, this.#options.config), distances: sums(distances) };
  }

  /** Matches the synthetic images of a group, as networks see them. */
  #match(pass: RealPass, g: number, targets: Targets, all: Float32Array): Promise<Match> {
    const { config, method } = this.#options;
    const length = config.ipc * sizeOf(this.#shape);
    const images = this.#groups[g].map((position) => {
      const stored = all.subarray(position * length, (position + 1) * length);
      return pass.augment(position, expandImages(stored, this.#shape, config.factor));
    });
    return method.matching.match(pass.parameters, targets, join(images), pass.labels(g));
  }

  /** Brings the gradient of a group's images, as networks saw them, back to that of the stored images. */
  #gather(pass: RealPass, g: number, seen: Float32Array, gradient: Float32Array): void {
    const { ipc, factor } = this.#options.config;
    const size = sizeOf(this.#shape);
    const length = this.#imagesPerClass * size;
    for (const [i, position] of this.#groups[g].entries()) {
      const full = pass.augmentAdjoint(position, seen.subarray(i * length, (i + 1) * length));
      gradient.set(expandImagesAdjoint(full, this.#shape, factor), position * ipc * size);
    }
  }

  /**
   * Begins the real pass of the next iteration. The network of a next outer step is not known before this one has
   * ended.
   */
  #prefetch({ iteration, outerStep }: RealPass, g: number): void {
    const { config, fresh } = this.#options;
    if (outerStep < this.#outerSteps - 1 || iteration >= config.iterations) return;
    this.#next ??= this.#real.pass(iteration + 1, 0, fresh(iteration + 1));
    // A failure is met when the iteration is run; until then nobody waits for it.
    this.#next.targets(g).catch(() => undefined);
  }

  /** The inner loop: the network of the next outer step, trained on the synthetic images. */
  #train({ iteration, outerStep, parameters }: RealPass, images: Float32Array): Promise<Binding> {
    const { config, key, classes, method } = this.#options;
    const count = this.#imagesPerClass;
    const labels = Uint16Array.from({ length: classes.length * count }, (_, i) => classes[Math.floor(i / count)]);
    const whole = expandImages(images, this.#shape, config.factor);
    return method.train!(parameters, whole, labels, key.fold("train", iteration, outerStep));
  }
}

/** Element by element. */
function sums(rows: readonly (readonly number[])[]): number[] {
  return rows[0].map((_, k) => rows.reduce((total, row) => total + row[k], 0));
}

function join(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0];
  const joined = new Float32Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}
