// The real side: all of an outer step that needs no synthetic images. It holds the network, the targets that this
// gives for real images, and the augmentation that the real and the synthetic images of a class share.

import { type Augmentation, type AugmentPolicy, augment, parsePolicy } from "../augment/index.ts";
import type { Binding } from "../engine/types.ts";
import { DatadamError } from "../errors.ts";
import { classIndices, type PreparedSet } from "../images/index.ts";
import { initialize, type Network } from "../nn/index.ts";
import type { Key } from "../random/index.ts";
import { sizeOf } from "../tensor/size.ts";
import type { ResolvedCommon } from "./config/common.ts";
import { SharedBuffers } from "./matching/sharedBuffers.ts";
import type { Matching, Targets } from "./method.ts";
import { type Place, pickImages, sharedAugmentation } from "./places.ts";

/** Classes whose real images share a pass, as positions in the shard: each alone, or all where the norm couples. */
export type Group = readonly number[];

/** One network with one batch of real images and one augmentation of each class. */
export interface Draw {
  readonly parameters: Binding;
  /** Of the network on training images, where it is known. */
  readonly accuracy?: number | undefined;
  /** What the synthetic images of a group are to match: `[classes, d]` by quantity. */
  targets(g: number): Promise<Targets>;
  /** What the real and the synthetic images of a class share, by its position in the shard. */
  augmentation(position: number): Augmentation;
}

/** What all draws of a distillation have in common. */
export interface RealSource {
  readonly set: PreparedSet;
  readonly config: Pick<ResolvedCommon, "batchReal" | "augment" | "augmentMode" | "sampling">;
  readonly key: Key;
  /** The classes of the shard, in the order of the state's images. */
  readonly classes: readonly number[];
  readonly groups: readonly Group[];
  readonly matching: Matching;
}

/** Batches of real images, of every draw. */
export class RealImages {
  readonly source: RealSource;
  readonly policy: AugmentPolicy;
  /** Indices of the images of each class of the shard. */
  readonly #members: readonly (readonly number[] | Uint32Array)[];
  readonly #buffers = new SharedBuffers();
  /** The images of a class before they are augmented. */
  #plain = new Float32Array(0);

  /** @throws DatadamError `INVALID_DATA` for a class without images. */
  constructor(source: RealSource) {
    const { set, config, classes } = source;
    this.source = source;
    this.policy = parsePolicy(config.augment, config.augmentMode);
    const members = classIndices(set.labels, set.classNames.length);
    const empty = classes.find((c) => members[c].length === 0);
    if (empty !== undefined) {
      throw new DatadamError("INVALID_DATA", `class "${set.classNames[empty]}" of ${set.name} has no images to match`, {
        hint: "Leave it out of the set, or of the classes that are distilled.",
      });
    }
    this.#members = classes.map((c) => members[c]);
  }

  /**
   * A draw, whose targets are computed when they are first needed.
   *
   * @param number of its network, from 1. @param draw of those of the network, from 0.
   */
  draw(number: number, draw: number, parameters: Binding): Draw {
    return new RealDraw(this, { number, draw }, parameters);
  }

  /** Augmented images of a group, equally many of each class, in a borrowed array. */
  read(place: Place, group: Group, augmentations: (position: number) => Augmentation): Float32Array {
    const { set, config, classes } = this.source;
    const count = Math.min(config.batchReal, ...group.map((position) => this.#members[position].length));
    const length = count * sizeOf(set.shape);
    if (this.#plain.length !== length) this.#plain = new Float32Array(length);
    const images = this.#buffers.take(group.length * length);
    for (const [i, position] of group.entries()) {
      const members = this.#members[position];
      const picks = pickImages(this.source, place, classes[position], members.length, count);
      set.read(
        Array.from(picks, (pick) => members[pick]),
        this.#plain,
      );
      const out = images.subarray(i * length, (i + 1) * length);
      augment(augmentations(position), this.#plain, [count, ...set.shape], out);
    }
    return images;
  }

  /** Takes back an array that nothing reads any more. */
  release(images: Float32Array): void {
    this.#buffers.give(images);
  }
}

/** A draw whose targets come from real images. */
class RealDraw implements Draw {
  readonly parameters: Binding;
  readonly #images: RealImages;
  readonly #place: Place;
  /** By position, drawn when first needed. */
  readonly #augmentations: (Augmentation | undefined)[] = [];
  /** By group, begun when first needed. */
  readonly #targets: (Promise<Targets> | undefined)[] = [];

  constructor(images: RealImages, place: Place, parameters: Binding) {
    this.#images = images;
    this.#place = place;
    this.parameters = parameters;
  }

  targets(g: number): Promise<Targets> {
    this.#targets[g] ??= this.#begin(g);
    return this.#targets[g];
  }

  async #begin(g: number): Promise<Targets> {
    const { matching, groups, classes } = this.#images.source;
    const real = this.#images.read(this.#place, groups[g], (position) => this.augmentation(position));
    const labels = groups[g].map((position) => classes[position]);
    const targets = await matching.targets(this.parameters, real, labels);
    this.#images.release(real);
    return targets;
  }

  augmentation(position: number): Augmentation {
    const { set, key, classes } = this.#images.source;
    this.#augmentations[position] ??= sharedAugmentation(
      { key, policy: this.#images.policy, shape: set.shape },
      this.#place,
      classes[position],
    );
    return this.#augmentations[position];
  }
}

/** Classes in the groups of their real sides. */
export function groupsOf(classes: readonly number[], { usesBatchStatistics }: Network): readonly Group[] {
  const positions = [...classes.keys()];
  return usesBatchStatistics ? [positions] : positions.map((position) => [position]);
}

/** The parameters of a random network. @param number from 1; an iteration's fresh network has the iteration's number */
export function randomValues(network: Network, key: Key, number: number): Binding["values"] {
  const parameters = Object.entries(initialize(network, key.fold("network", number)));
  return Object.fromEntries(parameters.map(([name, { data }]) => [name, data]));
}
