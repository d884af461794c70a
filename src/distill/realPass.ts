// The real pass: all of an outer step that needs no synthetic images. It holds the network, the targets that this gives
// for real images, and the augmentation that the real and the synthetic images of a class share.

import {
  type Augmentation,
  type AugmentPolicy,
  augment,
  augmentAdjoint,
  drawAugmentation,
  parsePolicy,
} from "../augment/index.ts";
import type { Binding } from "../engine/types.ts";
import { DatadamError } from "../errors.ts";
import { classIndices, type PreparedSet } from "../images/index.ts";
import type { Key } from "../random/index.ts";
import { sizeOf } from "../tensor/size.ts";
import type { ResolvedCommon } from "./config/common.ts";
import { SharedBuffers } from "./matching/sharedBuffers.ts";
import type { Matching, Targets } from "./method.ts";

/** Classes that are matched in one go, as positions in the shard: each alone, or all where the norm couples them. */
export type Group = readonly number[];

/** What all real passes of a distillation have in common. */
export interface RealSource {
  readonly set: PreparedSet;
  readonly config: Pick<ResolvedCommon, "batchReal" | "augment" | "augmentMode">;
  readonly key: Key;
  /** The classes of the shard, in the order of the state's images. */
  readonly classes: readonly number[];
  readonly groups: readonly Group[];
  readonly matching: Matching;
}

/** Batches of real images, of every iteration. */
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

  /** The real images of an outer step. @param parameters of its network. */
  pass(iteration: number, outerStep: number, parameters: Binding): RealPass {
    return new RealPass(this, iteration, outerStep, parameters);
  }

  /** Augmented images of a group, equally many of each class, in a borrowed array. */
  read(pass: RealPass, group: Group): Float32Array {
    const { set, config } = this.source;
    const count = Math.min(config.batchReal, ...group.map((position) => this.#members[position].length));
    const length = count * sizeOf(set.shape);
    if (this.#plain.length !== length) this.#plain = new Float32Array(length);
    const images = this.#buffers.take(group.length * length);
    for (const [i, position] of group.entries()) {
      const members = this.#members[position];
      const picks = pass.key("real", position).stream().sample(members.length, count);
      set.read(
        Array.from(picks, (pick) => members[pick]),
        this.#plain,
      );
      pass.augment(position, this.#plain, images.subarray(i * length, (i + 1) * length));
    }
    return images;
  }

  /** Takes back an array that nothing reads any more. */
  release(images: Float32Array): void {
    this.#buffers.give(images);
  }
}

/** The real images of one outer step. */
export class RealPass {
  readonly iteration: number;
  readonly outerStep: number;
  readonly parameters: Binding;
  readonly #images: RealImages;
  /** By position, drawn when first needed. */
  readonly #augmentations: (Augmentation | undefined)[] = [];
  /** By group, begun when first needed. */
  readonly #targets: (Promise<Targets> | undefined)[] = [];

  constructor(images: RealImages, iteration: number, outerStep: number, parameters: Binding) {
    this.#images = images;
    this.iteration = iteration;
    this.outerStep = outerStep;
    this.parameters = parameters;
  }

  /** Of a class, by its position in the shard. */
  key(purpose: string, position: number): Key {
    const { key, classes } = this.#images.source;
    const classKey = key.fold(purpose, this.iteration, classes[position]);
    return this.outerStep === 0 ? classKey : classKey.fold(this.outerStep);
  }

  /** What the synthetic images of a group are to match. */
  targets(g: number): Promise<Targets> {
    this.#targets[g] ??= this.#begin(g);
    return this.#targets[g];
  }

  async #begin(g: number): Promise<Targets> {
    const { matching, groups } = this.#images.source;
    const real = this.#images.read(this, groups[g]);
    const targets = await matching.targets(this.parameters, real, this.labels(g));
    this.#images.release(real);
    return targets;
  }

  /** The classes of a group. */
  labels(g: number): readonly number[] {
    const { groups, classes } = this.#images.source;
    return groups[g].map((position) => classes[position]);
  }

  /** Images of a class under the augmentation that its real and synthetic images share. */
  augment(position: number, images: Float32Array, out?: Float32Array): Float32Array {
    return augment(this.#augmentation(position), images, this.#batch(images), out);
  }

  /** The gradient of the images before augmentation, from that of those after it. */
  augmentAdjoint(position: number, gradient: Float32Array): Float32Array {
    return augmentAdjoint(this.#augmentation(position), gradient, this.#batch(gradient));
  }

  #augmentation(position: number): Augmentation {
    const [, height, width] = this.#images.source.set.shape;
    this.#augmentations[position] ??= drawAugmentation(this.key("augment", position).stream(), this.#images.policy, {
      height,
      width,
    });
    return this.#augmentations[position];
  }

  #batch(images: Float32Array): readonly [number, number, number, number] {
    const { shape } = this.#images.source.set;
    return [images.length / sizeOf(shape), ...shape];
  }
}
