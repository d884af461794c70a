// NumPy's ZCA of small image sets, made by scripts/oracle/zca.py, and sets to test with.

import { readFileSync } from "node:fs";
import { inMemory } from "../../src/images/index.ts";
import type { ImageSet, Normalization } from "../../src/images/types.ts";

export interface ZcaCase {
  readonly name: string;
  readonly set: ImageSet;
  readonly eps: number;
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
  readonly whiten: Float64Array;
  readonly unwhiten: Float64Array;
  /** The first images, whitened. */
  readonly whitened: Float64Array;
}

type Raw = Record<"name" | "pixels" | "mean" | "covariance" | "whiten" | "unwhiten" | "whitened", string> & {
  count: number;
  shape: [number, number, number];
  normalization: Normalization;
  eps: number;
};

export function zcaCases(): ZcaCase[] {
  const file = new URL("../fixtures/images/zca.json", import.meta.url);
  const { cases } = JSON.parse(readFileSync(file, "utf8")) as { cases: Raw[] };
  return cases.map((raw) => ({
    name: raw.name,
    set: imageSet(raw.shape, new Uint8Array(bytes(raw.pixels)), raw.normalization),
    eps: raw.eps,
    mean: new Float64Array(bytes(raw.mean)),
    covariance: new Float64Array(bytes(raw.covariance)),
    whiten: new Float64Array(bytes(raw.whiten)),
    unwhiten: new Float64Array(bytes(raw.unwhiten)),
    whitened: new Float64Array(bytes(raw.whitened)),
  }));
}

function bytes(base64: string): ArrayBuffer {
  return Uint8Array.from(Buffer.from(base64, "base64")).buffer;
}

/** A set of these pixels with labels 0, 1, 2, 0, ... */
export function imageSet(
  shape: readonly [number, number, number],
  pixels: Uint8Array,
  normalization: Normalization = { mean: [0.5, 0.4, 0.3].slice(0, shape[0]), std: [0.2, 0.25, 0.3].slice(0, shape[0]) },
): ImageSet {
  const count = pixels.length / (shape[0] * shape[1] * shape[2]);
  const labels = Uint16Array.from({ length: count }, (_, i) => i % 3);
  return inMemory({
    name: "test",
    count,
    shape,
    classNames: ["a", "b", "c"],
    labels,
    pixels,
    normalization,
    flippable: true,
  });
}

/** Bytes without structure, the same every time. */
export function noise(length: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`lengths ${a.length} and ${b.length}`);
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    if (!(difference <= largest)) largest = difference; // keeps NaN
  }
  return largest;
}
