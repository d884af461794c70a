// Matrix products cut into calls of a {@link Multiply}, and the plain one for small sizes and for where there is no
// other.

import { sharedMemory } from "../sharedMemory.ts";
import type { Matrix, Multiply } from "./types.ts";

/** Rows of a product that one kernel call computes: fixed, so that results do not depend on who computes them. */
const STRIP = 384;

/** Multiply-adds of one call: seconds at most, which is how long the end of a process may have to wait. */
const CALL = 1e10;

/** Zeros, shared between threads where the platform allows it. */
export function allocate<T extends Matrix>(
  kind: { new (buffer: ArrayBufferLike): T; BYTES_PER_ELEMENT: number },
  length: number,
): T {
  return new kind(sharedMemory(length * kind.BYTES_PER_ELEMENT));
}

/** `a [m, k]` times the transpose of `b [n, k]` into `out [m, n]`, summed in float64, on this thread. */
export function multiplyInto(a: Matrix, b: Matrix, m: number, k: number, n: number, out: Matrix): void {
  const [fullRows, fullColumns] = [m - (m % 4), n - (n % 2)];
  for (let i = 0; i < fullRows; i += 4) {
    for (let j = 0; j < fullColumns; j += 2) tile(a, i, b, j, k, n, out);
    for (let j = fullColumns; j < n; j++) for (let r = i; r < i + 4; r++) out[r * n + j] = dot(a, r * k, b, j * k, k);
  }
  for (let i = fullRows; i < m; i++) for (let j = 0; j < n; j++) out[i * n + j] = dot(a, i * k, b, j * k, k);
}

/** Four rows by two columns at once, three times as fast as one element: eight sums, which fit the registers. */
function tile(a: Matrix, i: number, b: Matrix, j: number, k: number, n: number, out: Matrix): void {
  const a0 = i * k;
  const a1 = a0 + k;
  const a2 = a1 + k;
  const a3 = a2 + k;
  const b0 = j * k;
  const b1 = b0 + k;
  let s00 = 0;
  let s01 = 0;
  let s10 = 0;
  let s11 = 0;
  let s20 = 0;
  let s21 = 0;
  let s30 = 0;
  let s31 = 0;
  for (let l = 0; l < k; l++) {
    const y0 = b[b0 + l];
    const y1 = b[b1 + l];
    s00 += a[a0 + l] * y0;
    s01 += a[a0 + l] * y1;
    s10 += a[a1 + l] * y0;
    s11 += a[a1 + l] * y1;
    s20 += a[a2 + l] * y0;
    s21 += a[a2 + l] * y1;
    s30 += a[a3 + l] * y0;
    s31 += a[a3 + l] * y1;
  }
  const o = i * n + j;
  out[o] = s00;
  out[o + 1] = s01;
  out[o + n] = s10;
  out[o + n + 1] = s11;
  out[o + 2 * n] = s20;
  out[o + 2 * n + 1] = s21;
  out[o + 3 * n] = s30;
  out[o + 3 * n + 1] = s31;
}

function dot(a: Matrix, aStart: number, b: Matrix, bStart: number, length: number): number {
  let sum = 0;
  for (let l = 0; l < length; l++) sum += a[aStart + l] * b[bStart + l];
  return sum;
}

/** {@link Multiply} in plain TypeScript: about 3 GFLOP/s. */
export const plainMultiply: Multiply = async <T extends Matrix>(a: T, b: T, m: number, k: number, n: number) => {
  const out = (a instanceof Float64Array ? new Float64Array(m * n) : new Float32Array(m * n)) as T;
  multiplyInto(a, b, m, k, n, out);
  return out;
};

/** Called with `rows` by `columns` numbers of a product, which start at its element `[row, row]`. */
type TakeStrip<T> = (strip: T, row: number, rows: number, columns: number) => void;

/**
 * `a bᵀ` of two `[d, k]` matrices whose product is symmetric: the upper triangle only, so half the work, in strips of
 * rows that each start at the diagonal.
 */
export function symmetricProduct<T extends Matrix>(
  multiply: Multiply,
  a: T,
  b: T,
  d: number,
  k: number,
  take: TakeStrip<T>,
  call: number = CALL,
): Promise<void> {
  return inStrips(d, async (row, rows) => {
    const left = a.subarray(row * k, (row + rows) * k) as T;
    take(await inBlocks(multiply, left, b.subarray(row * k) as T, rows, k, d - row, call), row, rows, d - row);
  });
}

/** `a bᵀ` of two `[d, d]` matrices into `out`, in strips of rows. */
export function fullProduct<T extends Matrix>(
  multiply: Multiply,
  a: T,
  b: T,
  d: number,
  out: T,
  call: number = CALL,
): Promise<void> {
  return inStrips(d, async (row, rows) => {
    const left = a.subarray(row * d, (row + rows) * d) as T;
    out.set(await inBlocks(multiply, left, b, rows, d, d, call), row * d);
  });
}

/**
 * A strip of a product, in several calls where one would take long: blocks of columns, whose width follows from the
 * sizes alone.
 */
async function inBlocks<T extends Matrix>(
  multiply: Multiply,
  a: T,
  b: T,
  m: number,
  k: number,
  n: number,
  call: number,
): Promise<T> {
  const width = Math.max(64, 64 * Math.floor(call / (STRIP * k) / 64));
  if (n <= width) return multiply(a, b, m, k, n);
  const strip = (a instanceof Float64Array ? new Float64Array(m * n) : new Float32Array(m * n)) as T;
  const starts = Array.from({ length: Math.ceil(n / width) }, (_, i) => i * width);
  await Promise.all(
    starts.map(async (start) => {
      const columns = Math.min(width, n - start);
      const block = await multiply(a, b.subarray(start * k, (start + columns) * k) as T, m, k, columns);
      for (let i = 0; i < m; i++) strip.set(block.subarray(i * columns, (i + 1) * columns), i * n + start);
    }),
  );
  return strip;
}

async function inStrips(d: number, strip: (row: number, rows: number) => Promise<void>): Promise<void> {
  const strips: Promise<void>[] = [];
  for (let row = 0; row < d; row += STRIP) strips.push(strip(row, Math.min(STRIP, d - row)));
  await Promise.all(strips);
}

/** Transposes `[d, d]`, in tiles that fit a cache. */
export function transpose(matrix: Matrix, d: number, out: Matrix): void {
  const tile = 32;
  for (let top = 0; top < d; top += tile) {
    for (let left = 0; left < d; left += tile) {
      for (let i = top; i < Math.min(top + tile, d); i++) {
        for (let j = left; j < Math.min(left + tile, d); j++) out[j * d + i] = matrix[i * d + j];
      }
    }
  }
}

/** Copies a strip of {@link symmetricProduct} into both triangles of `out [d, d]`, times `scale`. */
export function mirror(strip: Matrix, row: number, rows: number, columns: number, out: Matrix): void {
  const d = row + columns;
  for (let j = 0; j < columns; j++) {
    const last = Math.min(rows, j + 1);
    for (let i = 0; i < last; i++) {
      const value = strip[i * columns + j];
      out[(row + i) * d + row + j] = value;
      out[(row + j) * d + row + i] = value;
    }
  }
}
