// What each operation of the tensor library means, in plain loops over float64.

import { type NdValue, placeOf, positions, sizeOf } from "./interpreterValue.ts";

type Shape = readonly number[];
type Position = readonly number[];

export function broadcast(a: NdValue, b: NdValue, shape: Shape, f: (a: number, b: number) => number): Float64Array {
  const read = (x: NdValue, at: Position): number =>
    x.data[
      placeOf(
        x.shape,
        x.shape.map((e, axis) => (e === 1 ? 0 : at[axis + shape.length - x.shape.length])),
      )
    ];
  return Float64Array.from(positions(shape), (at) => f(read(a, at), read(b, at)));
}

/** The element at each position of `shape` is that of `x` at `from(position)`. */
export function pick(x: NdValue, shape: Shape, from: (at: number[]) => Position): Float64Array {
  return Float64Array.from(positions(shape), (at) => x.data[placeOf(x.shape, from(at))]);
}

/** Each element of `x` goes to `to(position)` of zeros of `shape`. */
export function put(x: NdValue, shape: Shape, to: (at: number[]) => Position): Float64Array {
  const out = new Float64Array(sizeOf(shape));
  let i = 0;
  for (const at of positions(x.shape)) out[placeOf(shape, to(at))] = x.data[i++];
  return out;
}

/** Reduced axes stay, with extent 1. */
export function reduce(x: NdValue, axes: Shape, start: number, f: (a: number, b: number) => number): Float64Array {
  const reducedShape = x.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
  const out = new Float64Array(sizeOf(reducedShape)).fill(start);
  let i = 0;
  for (const at of positions(x.shape)) {
    const place = placeOf(
      reducedShape,
      at.map((index, axis) => (axes.includes(axis) ? 0 : index)),
    );
    out[place] = f(out[place], x.data[i++]);
  }
  return out;
}

export function concatenate(parts: readonly NdValue[], shape: Shape, axis: number): Float64Array {
  return Float64Array.from(positions(shape), (at) => {
    let index = at[axis];
    const part = parts.find(({ shape: { [axis]: extent } }) => {
      if (index < extent) return true;
      index -= extent;
      return false;
    })!;
    return part.data[
      placeOf(
        part.shape,
        at.map((i, a) => (a === axis ? index : i)),
      )
    ];
  });
}

export function matmul(a: NdValue, b: NdValue, shape: Shape): Float64Array {
  const lead = shape.length - 2;
  const inner = a.shape[a.shape.length - 1];
  const read = (x: NdValue, at: Position, row: number, column: number): number => {
    const rank = x.shape.length - 2;
    const batchIndex = x.shape.slice(0, rank).map((e, axis) => (e === 1 ? 0 : at[axis + lead - rank]));
    return x.data[placeOf(x.shape, [...batchIndex, row, column])];
  };
  return Float64Array.from(positions(shape), (at) => {
    let total = 0;
    for (let k = 0; k < inner; k++) total += read(a, at, at[lead], k) * read(b, at, k, at[lead + 1]);
    return total;
  });
}

export function logSoftmax(x: NdValue): Float64Array {
  const last = x.shape[x.shape.length - 1];
  return eachRow(x.data, last, (row) => {
    const top = Math.max(...row);
    const total = Math.log(row.reduce((sum, value) => sum + Math.exp(value - top), 0)) + top;
    return row.map((value) => value - total);
  });
}

export function normalizeRows(x: NdValue, scale: NdValue, bias: NdValue, eps: number): Float64Array {
  const [, channels, length] = x.shape;
  return eachRow(x.data, length, (row, r) => {
    const mean = row.reduce((sum, value) => sum + value, 0) / length;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / length;
    const [factor, offset] = [scale.data[r % channels] / Math.sqrt(variance + eps), bias.data[r % channels]];
    return row.map((value) => (value - mean) * factor + offset);
  });
}

function eachRow(
  data: Float64Array,
  length: number,
  f: (row: Float64Array, index: number) => Float64Array,
): Float64Array {
  const out = new Float64Array(data.length);
  for (let r = 0; r * length < data.length; r++) out.set(f(data.slice(r * length, (r + 1) * length), r), r * length);
  return out;
}

export interface Geometry {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

export function geometry({ kernel = 0, stride = 1, padding = 0 }: Record<string, number>): Geometry {
  return { kernel, stride, padding };
}

/**
 * The trilinear sum `x[n,i,r,c] w[o,i,ky,kx] y[n,o,p,q]` with `r = p stride + ky - padding`, solved for the one of the
 * three that is named: a convolution or one of its gradients. `a` and `b` are the other two in that order.
 */
export function convolve(
  solve: "x" | "w" | "y",
  a: NdValue,
  b: NdValue,
  y: Shape,
  out: Shape,
  g: Geometry,
): Float64Array {
  const x = solve === "x" ? out : a.shape;
  const w = solve === "w" ? out : b.shape;
  const kernel = solve === "w" ? out : w;
  const result = new Float64Array(sizeOf(out));
  const [, inputs, height, width] = x;
  const [, , kh, kw] = kernel;
  for (const [n, o, p, q] of positions(y)) {
    for (let i = 0; i < inputs; i++) {
      for (let ky = 0; ky < kh; ky++) {
        for (let kx = 0; kx < kw; kx++) {
          const [r, c] = [p * g.stride + ky - g.padding, q * g.stride + kx - g.padding];
          if (r < 0 || c < 0 || r >= height || c >= width) continue;
          const atX = placeOf(x, [n, i, r, c]);
          const atW = placeOf(kernel, [o, i, ky, kx]);
          const atY = placeOf(y, [n, o, p, q]);
          if (solve === "y") result[atY] += a.data[atX] * b.data[atW];
          else if (solve === "x") result[atX] += a.data[atY] * b.data[atW];
          else result[atW] += a.data[atX] * b.data[atY];
        }
      }
    }
  }
  return result;
}

/** For each window of `shape`: its position, and the places in `x` that it covers (`-1` outside). */
function* windows(x: Shape, shape: Shape, { kernel, stride, padding }: Geometry): Generator<[number, number[]]> {
  let index = 0;
  for (const [n, c, p, q] of positions(shape)) {
    const places: number[] = [];
    for (let k = 0; k < kernel * kernel; k++) {
      const [r, s] = [p * stride + Math.floor(k / kernel) - padding, q * stride + (k % kernel) - padding];
      places.push(r < 0 || s < 0 || r >= x[2] || s >= x[3] ? -1 : placeOf(x, [n, c, r, s]));
    }
    yield [index++, places];
  }
}

export function averagePool(x: NdValue, shape: Shape, g: Geometry): Float64Array {
  const out = new Float64Array(sizeOf(shape));
  for (const [at, places] of windows(x.shape, shape, g)) {
    for (const place of places) if (place >= 0) out[at] += x.data[place] / g.kernel ** 2;
  }
  return out;
}

export function averageSpread(y: NdValue, shape: Shape, g: Geometry): Float64Array {
  const out = new Float64Array(sizeOf(shape));
  for (const [at, places] of windows(shape, y.shape, g)) {
    for (const place of places) if (place >= 0) out[place] += y.data[at] / g.kernel ** 2;
  }
  return out;
}

export function maxPool(x: NdValue, shape: Shape, g: Geometry): Float64Array {
  const out = new Float64Array(sizeOf(shape));
  for (const [at, places] of windows(x.shape, shape, g)) {
    out[at] = Math.max(...places.filter((place) => place >= 0).map((place) => x.data[place]));
  }
  return out;
}

/** Each `y`'s gradient `g` at the first place in its window where `x` equals it. */
export function maxSpread(g: NdValue, x: NdValue, y: NdValue, geometry: Geometry): Float64Array {
  const out = new Float64Array(x.data.length);
  for (const [at, places] of windows(x.shape, y.shape, geometry)) {
    out[places.find((place) => place >= 0 && x.data[place] === y.data[at])!] += g.data[at];
  }
  return out;
}

/** `2 / sqrt(pi) e^(-x^2) sum_n 2^n x^(2n+1) / (2n+1)!!`: no term cancels another. */
export function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let [term, total] = [x, x];
  for (let n = 1; n < 200; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}
