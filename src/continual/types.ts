// What continual learning is made of here.

import type { Engine } from "../engine/types.ts";
import type { PreparedSet, SyntheticSet } from "../images/types.ts";
import type { Key } from "../random/index.ts";

/** What a method may use, and tell. */
export interface CondenseContext {
  readonly engine: Engine;
  readonly signal?: AbortSignal | undefined;
  /** Share of the work done, in [0, 1]. */
  readonly onProgress?: (done: number) => void;
  /** What is remembered of earlier steps; undefined at the first. Default: nothing is known of them. */
  readonly remembered?: () => Promise<Memory | undefined>;
}

/**
 * A method: from the real images of some classes to `ipc` images of each, sorted by class, in the same prepared space.
 * Any selector or distiller fits. It sees only the classes that arrive.
 */
export type Condense = (
  set: PreparedSet,
  ipc: number,
  key: Key,
  context: CondenseContext,
) => SyntheticSet | Promise<SyntheticSet>;

/** What is remembered at some point of the stream. */
export interface Memory {
  /** float32 NCHW, in prepared space. */
  readonly images: Float32Array;
  /** Classes of the whole data set. */
  readonly labels: Uint16Array;
  /** Each image holds `factor` x `factor` smaller ones, which networks see enlarged. Default 1. */
  readonly factor?: number | undefined;
  /** Classes that have come, in the order of their coming. */
  readonly seen: readonly number[];
}

/** Correct answers of a network trained on a memory. */
export interface Answers {
  readonly seen: readonly number[];
  /** Of the test images of each class of `seen`. */
  readonly correct: readonly number[];
  /** Test images of each class of `seen`. */
  readonly total: readonly number[];
}
