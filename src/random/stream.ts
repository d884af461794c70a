// A sequence of random numbers drawn from one key: Philox blocks at counters 0, 1, 2, ...; the only mutable part of
// src/random.

import { philox4x32 } from "./philox.ts";

const TWO_32 = 2 ** 32;
const TWO_53 = 2 ** 53;

/** Random numbers in order. Get one from `Key.stream()`; two streams of one key run alike. */
export class Stream {
  readonly #state: readonly [number, number, number, number];
  readonly #words: Uint32Array = new Uint32Array(4);
  #used = 4;
  #block = 0; // a double: exact to 2^53 blocks
  #spare: number | undefined; // the second number of a Box-Muller pair

  /** @param state two key words, then the two high counter words; made by `Key.stream()` */
  constructor(state: readonly [number, number, number, number]) {
    this.#state = state;
  }

  /** The next 32 bits, an integer in [0, 2^32). */
  uint32(): number {
    if (this.#used === 4) {
      const [k0, k1, c2, c3] = this.#state;
      philox4x32(this.#words, this.#block, Math.floor(this.#block / TWO_32), c2, c3, k0, k1);
      this.#block++;
      this.#used = 0;
    }
    return this.#words[this.#used++];
  }

  /** Uniform in [0, 1) with 53 bits; takes two words. */
  uniform(): number {
    return this.#bits53() / TWO_53;
  }

  /** Standard normal by Box and Muller; takes four words for two numbers and keeps the second. */
  normal(): number {
    if (this.#spare !== undefined) {
      const value = this.#spare;
      this.#spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform())); // 1 - u is never 0
    const angle = 2 * Math.PI * this.uniform();
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /**
   * From the symmetric distribution Beta(shape, shape), by two gamma variables (Marsaglia and Tsang 2000); for a shape
   * of 1, which is uniform, one `uniform()`.
   * @param shape above 0
   * @throws RangeError for any other `shape`
   */
  beta(shape: number): number {
    if (!(Number.isFinite(shape) && shape > 0)) throw new RangeError(`beta: shape must be above 0, not ${shape}`);
    if (shape === 1) return this.uniform();
    // By logarithms: of a small shape, both variables may be below the smallest double.
    return 1 / (1 + Math.exp(this.#logGamma(shape) - this.#logGamma(shape)));
  }

  /**
   * An integer in [0, n), each equally likely (draws again rather than take a biased remainder).
   * @param n an integer in [1, 2^53 - 1]
   * @throws RangeError for any other `n`
   */
  integer(n: number): number {
    if (!Number.isSafeInteger(n) || n < 1) throw new RangeError(`integer: n must be a positive integer, not ${n}`);
    const wide = n > TWO_32;
    const range = wide ? TWO_53 : TWO_32;
    const limit = range - (range % n);
    for (;;) {
      const bits = wide ? this.#bits53() : this.uint32();
      if (bits < limit) return bits % n;
    }
  }

  /** Shuffles `items` in place (Fisher and Yates) and returns it. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const item = items[i];
      (items as { [index: number]: unknown })[i] = items[j];
      (items as { [index: number]: unknown })[j] = item;
    }
    return items;
  }

  /** The integers 0 ... n - 1 in random order. */
  permutation(n: number): Uint32Array {
    checkCount("permutation", n, TWO_32);
    const order = new Uint32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    return this.shuffle(order);
  }

  /**
   * `k` distinct integers of [0, n) in random order, every ordered choice equally likely. O(k) time and memory.
   * @throws RangeError where `k > n`, or either is negative or no integer
   */
  sample(n: number, k: number): Uint32Array {
    checkCount("sample", n, TWO_32);
    checkCount("sample", k, n);
    // A partial Fisher-Yates shuffle of 0 ... n - 1, which keeps only what has moved.
    const moved = new Map<number, number>();
    const out = new Uint32Array(k);
    for (let i = 0; i < k; i++) {
      const j = i + this.integer(n - i);
      out[i] = moved.get(j) ?? j;
      moved.set(j, moved.get(i) ?? i);
    }
    return out;
  }

  /**
   * Fills `out` with uniform numbers from `low` to `high`; one word (32 bits) each. float32 rounding may reach `high`.
   */
  fillUniform(out: Float32Array, low: number, high: number): Float32Array {
    const scale = (high - low) / TWO_32;
    for (let i = 0; i < out.length; i++) out[i] = low + scale * this.uint32();
    return out;
  }

  /** Fills `out` with standard normal numbers, as `normal()` called `out.length` times. */
  fillNormal(out: Float32Array): Float32Array {
    for (let i = 0; i < out.length; i++) out[i] = this.normal();
    return out;
  }

  /** Logarithm of a variable from Gamma(shape, 1). */
  #logGamma(shape: number): number {
    if (shape < 1) return this.#logGamma(shape + 1) + Math.log(1 - this.uniform()) / shape;
    const d = shape - 1 / 3;
    for (;;) {
      const x = this.normal();
      const v = (1 + x / Math.sqrt(9 * d)) ** 3;
      if (v > 0 && Math.log(1 - this.uniform()) < (x * x) / 2 + d * (1 - v + Math.log(v))) return Math.log(d * v);
    }
  }

  #bits53(): number {
    const high = this.uint32() >>> 5;
    return high * 2 ** 26 + (this.uint32() >>> 6);
  }
}

function checkCount(name: string, value: number, most: number): void {
  if (!Number.isSafeInteger(value) || value < 0 || value > most) {
    throw new RangeError(`${name}: expected an integer from 0 to ${most}, got ${value}`);
  }
}
