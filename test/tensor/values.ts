// Reproducible values for checks. All are float32 numbers, so that float32 and float64 runs start from the same.

import { Key } from "../../src/random/index.ts";

/** How to draw an input. `apart`: distinct, 0.03 from each other and from 0, so that no kink is near. */
export type Draw = "normal" | "positive" | "apart" | "ties";

export function draw(kind: Draw, size: number, name: string): Float32Array {
  const stream = Key.fromSeed(20230).fold("test", kind, size, name).stream();
  const out = new Float32Array(size);
  switch (kind) {
    case "normal":
      return stream.fillNormal(out);
    case "positive":
      return stream.fillUniform(out, 0.4, 2);
    case "ties":
      return out.map(() => (stream.integer(5) - 2) / 2);
    case "apart": {
      const order = stream.permutation(size);
      return out.map((_, i) => (order[i] - Math.floor(size / 2)) * 0.06 + 0.03);
    }
  }
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i] * b[i];
  return total;
}

/** Root of the sum of squares of the terms of a dot product: its scale, even where it cancels. */
export function dotScale(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += (a[i] * b[i]) ** 2;
  return Math.sqrt(total);
}

/** Largest absolute difference, relative to the largest value of `expected` (at least `floor`). */
export function difference(actual: ArrayLike<number>, expected: ArrayLike<number>, floor: number = 1e-3): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let [worst, largest] = [0, floor];
  for (let i = 0; i < expected.length; i++) {
    const gap = Math.abs(actual[i] - expected[i]);
    worst = Number.isNaN(gap) ? Number.POSITIVE_INFINITY : Math.max(worst, gap);
    largest = Math.max(largest, Math.abs(expected[i]));
  }
  return worst / largest;
}
