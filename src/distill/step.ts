// One iteration over the classes of a shard. What does not depend on the synthetic images (the network, what it says of the
// real images) is begun for the next iteration while the last classes of this one are at work, so that no worker waits.

import pMap from "p-map";
import { type Augmentation, augment, augmentAdjoint, drawAugmentation, parsePolicy } from "../augment/index.ts";
import type { Binding } from "../engine/types.ts";
import { DatadamError } from "../errors.ts";
import { classIndices, expandImages, expandImagesAdjoint, type PreparedSet } from "../images/index.ts";
import type { Network } from "../nn/index.ts";
import type { Key } from "../random/index.ts";
import type { ResolvedConfig } from "./config/index.ts";
import { SharedBuffers } from "./matching/sharedBuffers.ts";
import type { Method, Targets } from "./method.ts";
import type { DistillState } from "./types.ts";

/** Classes under way at once besides two for each worker: they wait for the worker that has compiled their match. */
const WAITING = 4;

export interface StepOptions {
  readonly set: PreparedSet;
  readonly config: ResolvedConfig;
  readonly key: Key;
  readonly network: Network;
  /** The parameters of an iteration's fresh network. */
  readonly fresh: (iteration: number) => Binding;
  /** The classes of the shard, in the order of the state's images. */
  readonly classes: readonly number[];
  readonly method: Method;
  readonly workers: number;
  readonly signal?: AbortSignal | undefined;
}

export interface StepResult {
  readonly images: Float32Array;
  readonly momentum: Float32Array;
  /** By quantity, summed over classes, mean over rounds. */
  readonly distances: readonly number[];
}

/** The part of a round that the synthetic images have no part in. */
interface RealPass {
  readonly iteration: number;
  readonly round: number;
  readonly parameters: Binding;
  /** By group; filled as they are begun. */
  readonly targets: (Promise<Targets> | undefined)[];
}

export class Step {
  readonly options: StepOptions;
  readonly #members: readonly (readonly number[] | Uint32Array)[];
  /** Positions of the classes that are matched in one go: each alone, or all where the norm couples them. */
  readonly #groups: readonly (readonly number[])[];
  readonly #shape: readonly [channels: number, height: number, width: number];
  readonly #buffers = new SharedBuffers();
  /** Real images of a class before they are augmented. */
  #read = new Float32Array(0);
  #next: RealPass | undefined;

  /** @throws DatadamError `INVALID_DATA` for a class without images. */
  constructor(options: StepOptions) {
    const { set, network, classes } = options;
    this.options = options;
    this.#members = classIndices(set.labels, set.classNames.length);
    const empty = classes.find((c) => this.#members[c].length === 0);
    if (empty !== undefined) {
      throw new DatadamError("INVALID_DATA", `class "${set.classNames[empty]}" of ${set.name} has no images to match`, {
        hint: "Leave it out of the set, or of the classes that are distilled.",
      });
    }
    this.#groups = network.usesBatchStatistics
      ? [[...classes.keys()]]
      : [...classes.keys()].map((position) => [position]);
    this.#shape = set.shape;
  }

  /** The state's images and momentum after iteration `iteration` (from 1). */
  async run(iteration: number, state: DistillState): Promise<StepResult> {
    const { method, fresh, signal } = this.options;
    let draft = this.#next?.iteration === iteration ? this.#next : newDraft(iteration, 0, fresh(iteration));
    this.#next = undefined;
    let result = await this.#round(draft, state);
    const distances = [result.distances];
    for (let round = 1; round < method.rounds; round++) {
      signal?.throwIfAborted();
      draft = newDraft(iteration, round, await this.#train(draft, result.images));
      result = await this.#round(draft, result);
      distances.push(result.distances);
    }
    return { ...result, distances: sums(distances).map((total) => total / distances.length) };
  }

  /** One match of every class, and one step of the images. */
  async #round(draft: RealPass, state: Pick<DistillState, "images" | "momentum">): Promise<StepResult> {
    const { config, method, workers } = this.options;
    const { factor } = config;
    const part = config.ipc * this.#size;
    const whole = this.#seen * this.#size;
    const shape = [this.#seen, ...this.#shape] as const;
    const gradient = new Float32Array(state.images.length);
    const distances: (readonly number[])[] = [];
    const count = this.#groups.length;
    const lanes = Math.min(2 * workers + WAITING, count);
    const matchGroup = async (g: number): Promise<void> => {
      const group = this.#groups[g];
      const targets = await this.#targets(draft, g);
      const images = group.map((position) =>
        augment(
          this.#augmentation(draft, position),
          expandImages(state.images.subarray(position * part, (position + 1) * part), this.#shape, factor),
          shape,
        ),
      );
      const matching = method.matching.match(draft.parameters, targets, join(images), this.#labels(group));
      // Nothing of this round is left to start.
      if (g >= count - lanes) this.#prefetch(draft, g - (count - lanes));
      const match = await matching;
      distances[g] = match.distances;
      for (const [i, position] of group.entries()) {
        const own = match.gradient.subarray(i * whole, (i + 1) * whole);
        const full = augmentAdjoint(this.#augmentation(draft, position), own, shape);
        gradient.set(expandImagesAdjoint(full, this.#shape, factor), position * part);
      }
    };
    await pMap(Array(count).keys(), matchGroup, { concurrency: lanes });
    return { ...descend(state, gradient, config), distances: sums(distances) };
  }

  /** Begins the real pass of the next iteration. A next round's network is not known before this one has ended. */
  #prefetch({ iteration, round }: RealPass, g: number): void {
    const { config, method, fresh } = this.options;
    if (round < method.rounds - 1 || iteration >= config.iterations) return;
    this.#next ??= newDraft(iteration + 1, 0, fresh(iteration + 1));
    // A failure is met when the iteration is taken; until then nobody waits for it.
    this.#targets(this.#next, g).catch(() => undefined);
  }

  #train({ iteration, round, parameters }: RealPass, images: Float32Array): Promise<Binding> {
    const { config, key, classes, method } = this.options;
    if (method.train === undefined) throw new TypeError("a method of several rounds must train its network");
    const seen = this.#seen;
    const labels = Uint16Array.from({ length: classes.length * seen }, (_, i) => classes[Math.floor(i / seen)]);
    const whole = expandImages(images, this.#shape, config.factor);
    return method.train(parameters, whole, labels, key.fold("train", iteration, round));
  }

  /** Images of a class that networks see. */
  get #seen(): number {
    const { ipc, factor } = this.options.config;
    return ipc * factor ** 2;
  }

  get #size(): number {
    return this.#shape[0] * this.#shape[1] * this.#shape[2];
  }

  #labels(group: readonly number[]): readonly number[] {
    return group.map((position) => this.options.classes[position]);
  }

  /** Begins a group's real pass, unless it has begun. */
  #targets(draft: RealPass, g: number): Promise<Targets> {
    draft.targets[g] ??= this.#begin(draft, this.#groups[g]);
    return draft.targets[g];
  }

  async #begin(draft: RealPass, group: readonly number[]): Promise<Targets> {
    const real = this.#realImages(draft, group);
    const targets = await this.options.method.matching.targets(draft.parameters, real, this.#labels(group));
    this.#buffers.give(real);
    return targets;
  }

  /** Augmented real images of a group, as many of each class, in a borrowed array. */
  #realImages(draft: RealPass, group: readonly number[]): Float32Array {
    const { set, config, classes } = this.options;
    const batch = Math.min(config.batchReal, ...group.map((position) => this.#members[classes[position]].length));
    const part = batch * this.#size;
    if (this.#read.length !== part) this.#read = new Float32Array(part);
    const images = this.#buffers.take(group.length * part);
    for (const [i, position] of group.entries()) {
      const members = this.#members[classes[position]];
      const picks = this.#key("real", draft, position).stream().sample(members.length, batch);
      set.read(
        Array.from(picks, (pick) => members[pick]),
        this.#read,
      );
      const out = images.subarray(i * part, (i + 1) * part);
      augment(this.#augmentation(draft, position), this.#read, [batch, ...this.#shape], out);
    }
    return images;
  }

  /** The same for the real and the synthetic images of a class. */
  #augmentation(draft: RealPass, position: number): Augmentation {
    const { config } = this.options;
    const [, height, width] = this.#shape;
    const policy = parsePolicy(config.augment, config.augmentMode);
    return drawAugmentation(this.#key("augment", draft, position).stream(), policy, { height, width });
  }

  #key(purpose: string, { iteration, round }: RealPass, position: number): Key {
    const key = this.options.key.fold(purpose, iteration, this.options.classes[position]);
    return round === 0 ? key : key.fold(round);
  }
}

function newDraft(iteration: number, round: number, parameters: Binding): RealPass {
  return { iteration, round, parameters, targets: [] };
}

/** A step of gradient descent with momentum (PyTorch's SGD). */
function descend(
  state: Pick<DistillState, "images" | "momentum">,
  gradient: Float32Array,
  { momentum: decay, lrImg }: ResolvedConfig,
): Pick<StepResult, "images" | "momentum"> {
  const momentum = new Float32Array(gradient.length);
  const images = new Float32Array(gradient.length);
  for (let i = 0; i < gradient.length; i++) {
    momentum[i] = decay * state.momentum[i] + gradient[i];
    images[i] = state.images[i] - lrImg * momentum[i];
  }
  return { images, momentum };
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
