// Matrix products over an injected kernel, and the plain kernel for small sizes and for where there is no other.

import type { Matrix, Multiply } from "../engine/types.ts";

/** Rows of a product that one kernel call computes: fixed, so that results do not depend on who computes them. */
const STRIP = 384;

/** Zeros, shared between threads where the platform allows it. */
export function allocate<T extends Matrix>(
  kind: { new (buffer: ArrayBufferLike): T; BYTES_PER_ELEMENT: number },
  length: number,
): T {
  const bytes = length * kind.BYTES_PER_ELEMENT;
  return new kind(typeof SharedArrayBuffer === "undefined" ? new ArrayBuffer(bytes) : new SharedArrayBuffer(bytes));
}

/** `a [m, k]` times the transpose of `b [n, k]` into `out [m, n]`, summed in float64, on this thread. */
export function multiplyInto(a: Matrix, b: Matrix, m: number, k: number, n: number, out: Matrix): void {
  let i = 0;
  // Two rows by two columns at a time: half the loads.
  for (; i + 1 < m; i += 2) {
    const [a0, a1] = [i * k, (i + 1) * k];
    let j = 0;
    for (; j + 1 < n; j += 2) {
      const [b0, b1] = [j * k, (j + 1) * k];
      let [s00, s01, s10, s11] = [0, 0, 0, 0];
      for (let l = 0; l < k; l++) {
        const [x0, x1, y0, y1] = [a[a0 + l], a[a1 + l], b[b0 + l], b[b1 + l]];
        s00 += x0 * y0;
        s01 += x0 * y1;
        s10 += x1 * y0;
        s11 += x1 * y1;
      }
      out[i * n + j] = s00;
      out[i * n + j + 1] = s01;
      out[(i + 1) * n + j] = s10;
      out[(i + 1) * n + j + 1] = s11;
    }
    if (j < n) {
      out[i * n + j] = dot(a, a0, b, j * k, k);
      out[(i + 1) * n + j] = dot(a, a1, b, j * k, k);
    }
  }
  if (i < m) for (let j = 0; j < n; j++) out[i * n + j] = dot(a, i * k, b, j * k, k);
}

function dot(a: Matrix, aStart: number, b: Matrix, bStart: number, length: number): number {
  let sum = 0;
  for (let l = 0; l < length; l++) sum += a[aStart + l] * b[bStart + l];
  return sum;
}

/** {@link Multiply} in plain TypeScript: about 2 GFLOP/s. */
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
): Promise<void> {
  return inStrips(d, async (row, rows) => {
    const left = a.subarray(row * k, (row + rows) * k) as T;
    take(await multiply(left, b.subarray(row * k) as T, rows, k, d - row), row, rows, d - row);
  });
}

/** `a bᵀ` of two `[d, d]` matrices into `out`, in strips of rows. */
export function fullProduct<T extends Matrix>(multiply: Multiply, a: T, b: T, d: number, out: T): Promise<void> {
  return inStrips(d, async (row, rows) => {
    const left = a.subarray(row * d, (row + rows) * d) as T;
    out.set(await multiply(left, b, rows, d, d), row * d);
  });
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
