// A memory of a bounded number of images, for a training loop of one's own.

import { DatadamError } from "../errors.ts";
import { decodeSafetensors, encodeSafetensors } from "../formats/index.ts";
import { Key } from "../random/index.ts";

const FORMAT = "datadam-replay/1";

/**
 * Which images stay. `balanced`: GDumb's greedy sampler, equally many of each class; `reservoir`: every image equally
 * likely.
 */
export type ReplayPolicy = "balanced" | "reservoir";

export interface ReplayMemoryOptions {
  /** Of an image. */
  readonly shape: readonly [channels: number, height: number, width: number];
  /** Images that fit, a positive integer. */
  readonly capacity: number;
  /** Default `balanced`. */
  readonly policy?: ReplayPolicy;
  /** Default 0. The same seed and stream give the same memory and the same samples. */
  readonly seed?: number;
}

/** Images with their labels. */
export interface ReplayBatch {
  /** float32 NCHW, `labels.length` images. */
  readonly images: Float32Array;
  readonly labels: Int32Array;
}

/**
 * Remembers at most `capacity` images of a stream that may never end and whose classes need not be known.
 *
 * `balanced` (Prabhu et al., "GDumb", ECCV 2020, algorithm 1): an image is taken while its class has less than its
 * share of the capacity; where the memory is full, a random image of the largest class goes. `reservoir` (Vitter 1985):
 * after `t` images each of them is there with probability `capacity / t`.
 */
export class ReplayMemory {
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly capacity: number;
  readonly policy: ReplayPolicy;
  readonly seed: number;
  readonly #key: Key;
  readonly #size: number;
  readonly #images: Float32Array;
  readonly #labels: number[] = [];
  /** Places of the images of each class that has ever come. */
  readonly #places = new Map<number, number[]>();
  #observed = 0;
  #sampled = 0;

  /** @throws DatadamError `INVALID_OPTION` for a capacity, shape, policy or seed that is none. */
  constructor({ shape, capacity, policy = "balanced", seed = 0 }: ReplayMemoryOptions) {
    for (const [name, value] of [
      ["capacity", capacity],
      ...shape.map((extent) => ["shape", extent] as const),
    ] as const) {
      if (!Number.isSafeInteger(value) || value < 1) {
        throw new DatadamError("INVALID_OPTION", `replay memory: ${name} must be positive integers, got ${value}`);
      }
    }
    if (policy !== "balanced" && policy !== "reservoir") {
      throw new DatadamError("INVALID_OPTION", `replay memory: unknown policy ${JSON.stringify(policy)}`, {
        hint: "Known: balanced, reservoir.",
      });
    }
    this.shape = shape;
    this.capacity = capacity;
    this.policy = policy;
    this.seed = seed;
    this.#key = Key.fromSeed(seed).fold("replay");
    this.#size = shape[0] * shape[1] * shape[2];
    this.#images = new Float32Array(capacity * this.#size);
  }

  /** Images remembered now. */
  get size(): number {
    return this.#labels.length;
  }

  /** Images observed so far. */
  get observed(): number {
    return this.#observed;
  }

  /** Images remembered of each class that has ever come. */
  get counts(): ReadonlyMap<number, number> {
    return new Map([...this.#places].map(([label, places]) => [label, places.length]));
  }

  /**
   * Shows the memory the next images of the stream, one after the other; it copies what it keeps.
   *
   * @param images float32 NCHW, `labels.length` images of {@link shape}.
   * @param labels integers of 0 or more.
   * @throws RangeError where the two do not fit.
   */
  observe(images: Float32Array, labels: ArrayLike<number>): void {
    if (images.length !== labels.length * this.#size) {
      throw new RangeError(
        `replay memory: ${images.length} numbers and ${labels.length} labels are not images of ${this.shape.join("x")}`,
      );
    }
    for (let i = 0; i < labels.length; i++) {
      if (!Number.isSafeInteger(labels[i]) || labels[i] < 0)
        throw new RangeError(`replay memory: ${labels[i]} is not a label`);
    }
    for (let i = 0; i < labels.length; i++) {
      const place = this.policy === "balanced" ? this.#balancedPlace(labels[i]) : this.#reservoirPlace();
      this.#observed++;
      if (place === undefined) continue;
      this.#put(place, images.subarray(i * this.#size, (i + 1) * this.#size), labels[i]);
    }
  }

  /** `n` different images in random order, or all where there are fewer. Every call draws anew. */
  sample(n: number): ReplayBatch {
    const picks = this.#key
      .fold("sample", this.#sampled++)
      .stream()
      .sample(this.size, Math.min(n, this.size));
    return this.#read(picks);
  }

  /** Everything that is remembered. */
  all(): ReplayBatch {
    return this.#read(Uint32Array.from(this.#labels.keys()));
  }

  /**
   * All of it as the bytes of a safetensors file: `images` F32 [n, c, h, w], `labels` I64 [n]. {@link load} continues
   * as if it had not been saved.
   */
  save(): Uint8Array {
    const { images, labels } = this.all();
    const { capacity, policy, seed } = this;
    const state = {
      shape: this.shape,
      capacity,
      policy,
      seed,
      observed: this.#observed,
      sampled: this.#sampled,
      classes: [...this.#places.keys()],
    };
    return encodeSafetensors(
      {
        images: { dtype: "F32", shape: [labels.length, ...this.shape], data: images },
        labels: { dtype: "I64", shape: [labels.length], data: BigInt64Array.from(labels, BigInt) },
      },
      { format: FORMAT, state: JSON.stringify(state) },
    );
  }

  /** @throws DatadamError `INVALID_DATA` for bytes that {@link save} has not made. */
  static load(bytes: Uint8Array): ReplayMemory {
    try {
      return ReplayMemory.#decode(bytes);
    } catch (cause) {
      throw new DatadamError("INVALID_DATA", `not a saved replay memory: ${(cause as Error).message}`, { cause });
    }
  }

  static #decode(bytes: Uint8Array): ReplayMemory {
    const { tensors, metadata } = decodeSafetensors(bytes);
    const { images, labels } = tensors;
    if (metadata.format !== FORMAT) throw new Error(`its metadata do not say ${FORMAT}`);
    if (images?.dtype !== "F32" || labels?.dtype !== "I64")
      throw new Error("it has no float32 images and int64 labels");
    const state = JSON.parse(metadata.state) as ReplayMemoryOptions &
      Record<"observed" | "sampled", number> & { classes: number[] };
    const counters = [state.observed, state.sampled, ...state.classes];
    const numbers = Array.from(labels.data, Number);
    const fits = images.shape.join() === [numbers.length, ...state.shape].join() && numbers.length <= state.capacity;
    const known = numbers.every((label) => state.classes.includes(label));
    if (!fits || !known || !counters.every((count) => Number.isSafeInteger(count) && count >= 0)) {
      throw new Error("its parts do not fit each other");
    }
    const memory = new ReplayMemory(state);
    for (const label of state.classes) memory.#places.set(label, []);
    for (const [i, label] of numbers.entries()) {
      memory.#put(i, images.data.subarray(i * memory.#size, (i + 1) * memory.#size), label);
    }
    memory.#observed = state.observed;
    memory.#sampled = state.sampled;
    return memory;
  }

  #read(picks: ArrayLike<number>): ReplayBatch {
    const images = new Float32Array(picks.length * this.#size);
    for (let i = 0; i < picks.length; i++) {
      images.set(this.#images.subarray(picks[i] * this.#size, (picks[i] + 1) * this.#size), i * this.#size);
    }
    return { images, labels: Int32Array.from({ length: picks.length }, (_, i) => this.#labels[picks[i]]) };
  }

  /** Where the next image goes; undefined: nowhere. */
  #reservoirPlace(): number | undefined {
    if (this.size < this.capacity) return this.size;
    const drawn = this.#draw().integer(this.#observed + 1);
    return drawn < this.capacity ? drawn : undefined;
  }

  #balancedPlace(label: number): number | undefined {
    const classPlaces = this.#places.get(label) ?? [];
    this.#places.set(label, classPlaces);
    if (classPlaces.length > 0 && classPlaces.length >= this.capacity / this.#places.size) return undefined;
    if (this.size < this.capacity) return this.size;
    const largest = [...this.#places.values()].reduce((most, places) => (places.length > most.length ? places : most));
    return largest[this.#draw().integer(largest.length)];
  }

  #draw(): ReturnType<Key["stream"]> {
    return this.#key.fold("observe", this.#observed).stream();
  }

  #put(place: number, image: Float32Array, label: number): void {
    const before = this.#labels[place];
    if (before !== undefined) {
      const places = this.#places.get(before)!;
      places.splice(places.indexOf(place), 1);
    }
    this.#images.set(image, place * this.#size);
    this.#labels[place] = label;
    const places = this.#places.get(label) ?? [];
    places.push(place);
    this.#places.set(label, places);
  }
}
