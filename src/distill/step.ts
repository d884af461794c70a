// One iteration over the classes of a shard. What does not depend on the synthetic images (the network, the means of the
// real images) is begun for the next iteration while the last classes of this one are at work, so that no worker waits.

import { type Augmentation, augment, augmentAdjoint, drawAugmentation, parsePolicy } from "../augment/index.ts";
import type { Binding } from "../engine/types.ts";
import { classIndices, type PreparedSet } from "../images/index.ts";
import { initialize, type Network } from "../nn/index.ts";
import type { Key } from "../random/index.ts";
import type { SettledConfig } from "./config.ts";
import { bindParameters, type Matcher, type Means } from "./match.ts";
import type { DistillState } from "./types.ts";

export interface StepOptions {
  readonly set: PreparedSet;
  readonly config: SettledConfig;
  readonly key: Key;
  readonly network: Network;
  /** The classes of the shard, in the order of the state's images. */
  readonly classes: readonly number[];
  readonly matcher: Matcher;
  readonly workers: number;
}

export interface StepResult {
  readonly images: Float32Array;
  readonly momentum: Float32Array;
  /** By quantity, summed over classes. */
  readonly distances: readonly number[];
}

/** The part of an iteration that the synthetic images have no part in. */
interface Draft {
  readonly iteration: number;
  readonly parameters: Binding;
  /** By group; filled as they are begun. */
  readonly targets: (Promise<Means> | undefined)[];
}

export class Step {
  readonly #options: StepOptions;
  readonly #members: readonly (readonly number[] | Uint32Array)[];
  /** Positions of the classes that are matched in one go: each alone, or all where the norm couples them. */
  readonly #groups: readonly (readonly number[])[];
  readonly #shape: readonly [channels: number, height: number, width: number];
  #next: Draft | undefined;

  constructor(options: StepOptions) {
    const { set, network, classes } = options;
    this.#options = options;
    this.#members = classIndices(set.labels, set.classNames.length);
    this.#groups = network.coupled ? [[...classes.keys()]] : [...classes.keys()].map((position) => [position]);
    this.#shape = set.shape;
  }

  /** The state's images and momentum after iteration `iteration` (from 1). */
  async take(iteration: number, state: DistillState): Promise<StepResult> {
    const { config, matcher, workers } = this.#options;
    const draft = this.#next?.iteration === iteration ? this.#next : this.#draft(iteration);
    this.#next = undefined;
    const part = config.ipc * this.#size;
    const gradient = new Float32Array(state.images.length);
    const distances: (readonly number[])[] = [];
    await inLanes(
      2 * workers,
      this.#groups.length,
      async (g) => {
        const group = this.#groups[g];
        const targets = await this.#targets(draft, g);
        const images = group.map((position) =>
          augment(
            this.#augmentation(iteration, position),
            state.images.subarray(position * part, (position + 1) * part),
            [config.ipc, ...this.#shape],
          ),
        );
        const match = await matcher.match(draft.parameters, targets, join(images), group.length);
        distances[g] = match.distances;
        for (const [i, position] of group.entries()) {
          const own = match.gradient.subarray(i * part, (i + 1) * part);
          const shape = [config.ipc, ...this.#shape] as const;
          gradient.set(augmentAdjoint(this.#augmentation(iteration, position), own, shape), position * part);
        }
      },
      (lane) => {
        if (iteration >= config.iterations || lane >= this.#groups.length) return;
        this.#next ??= this.#draft(iteration + 1);
        // A failure is met when the iteration is taken; until then nobody waits for it.
        this.#targets(this.#next, lane).catch(() => undefined);
      },
    );
    const { momentum: decay, lrImg } = config;
    const momentum = gradient.map((value, i) => decay * state.momentum[i] + value);
    const images = state.images.map((x, i) => x - lrImg * momentum[i]);
    const total = distances[0].map((_, k) => distances.reduce((sum, own) => sum + own[k], 0));
    return { images, momentum, distances: total };
  }

  get #size(): number {
    return this.#shape[0] * this.#shape[1] * this.#shape[2];
  }

  #draft(iteration: number): Draft {
    const { network, key } = this.#options;
    const fresh = Object.entries(initialize(network, key.fold("network", iteration)));
    const parameters = bindParameters(Object.fromEntries(fresh.map(([name, { data }]) => [name, data])));
    return { iteration, parameters, targets: [] };
  }

  /** Begins a group's real pass, unless it has begun. */
  #targets(draft: Draft, g: number): Promise<Means> {
    draft.targets[g] ??= this.#options.matcher.targets(
      draft.parameters,
      this.#realImages(draft.iteration, this.#groups[g]),
      this.#groups[g].length,
    );
    return draft.targets[g];
  }

  /** Augmented real images of a group, as many of each class. */
  #realImages(iteration: number, group: readonly number[]): Float32Array {
    const { set, config, key, classes } = this.#options;
    const batch = Math.min(config.batchReal, ...group.map((position) => this.#members[classes[position]].length));
    const parts = group.map((position) => {
      const members = this.#members[classes[position]];
      const picks = key.fold("real", iteration, classes[position]).stream().sample(members.length, batch);
      const real = set.read(Array.from(picks, (pick) => members[pick]));
      return augment(this.#augmentation(iteration, position), real, [batch, ...this.#shape]);
    });
    return join(parts);
  }

  /** The same for the real and the synthetic images of a class. */
  #augmentation(iteration: number, position: number): Augmentation {
    const { config, key, classes } = this.#options;
    const [, height, width] = this.#shape;
    const policy = parsePolicy(config.augment, config.augmentMode);
    return drawAugmentation(key.fold("augment", iteration, classes[position]).stream(), policy, { height, width });
  }
}

/**
 * Runs `task(0) ... task(count - 1)` in at most `most` lanes, in that order of starting. `idle(lane)` is called when a
 * lane (from 0, in order of ending) finds nothing left to start.
 */
async function inLanes(
  most: number,
  count: number,
  task: (index: number) => Promise<void>,
  idle: (lane: number) => void,
): Promise<void> {
  let next = 0;
  let ended = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await task(next++);
    idle(ended++);
  };
  await Promise.all(Array.from({ length: Math.min(most, count) }, lane));
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
