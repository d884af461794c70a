// NumPy's .npy: one array after a Python dict literal. Written as version 1.0 (2.0 where the header is long).
// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html

/** The array that holds each dtype, named as NumPy's `dtype.str` without the byte order. */
export interface NpyArrays {
  f4: Float32Array;
  f8: Float64Array;
  i1: Int8Array;
  i2: Int16Array;
  i4: Int32Array;
  i8: BigInt64Array;
  u1: Uint8Array;
  u2: Uint16Array;
  u4: Uint32Array;
  u8: BigUint64Array;
}

export type NpyDType = keyof NpyArrays;

/** An array with its shape; `data` is row-major and as long as the product of `shape`. */
export type NpyArray = {
  [D in NpyDType]: {
    readonly dtype: D;
    readonly shape: readonly number[];
    readonly data: NpyArrays[D];
    /** Whether the numbers, of `u1`, stand for false and true. */
    readonly isBool?: true;
  };
}[NpyDType];

/** The constructor of each dtype's array. */
export const ARRAYS: Readonly<
  Record<NpyDType, (new (buffer: ArrayBuffer) => NpyArrays[NpyDType]) & { BYTES_PER_ELEMENT: number }>
> = {
  f4: Float32Array,
  f8: Float64Array,
  i1: Int8Array,
  i2: Int16Array,
  i4: Int32Array,
  i8: BigInt64Array,
  u1: Uint8Array,
  u2: Uint16Array,
  u4: Uint32Array,
  u8: BigUint64Array,
};

/** How a file begins. */
export const MAGIC = "\x93NUMPY";

/**
 * Writes one array, little-endian and row-major.
 * @throws RangeError where `data` is not as long as `shape` says, TypeError where it is not the array of its dtype
 */
export function encodeNpy({ dtype, shape, data }: NpyArray): Uint8Array {
  if (!(data instanceof ARRAYS[dtype])) throw new TypeError(`encodeNpy: the data are not an array of ${dtype}`);
  if (elements(shape) !== data.length) {
    throw new RangeError(`encodeNpy: ${data.length} elements, but the shape is [${shape}]`);
  }
  const descr = `${data.BYTES_PER_ELEMENT === 1 ? "|" : "<"}${dtype}`;
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const version = text.length + 64 > 0xffff ? 2 : 1;
  const prefix = version === 1 ? 10 : 12;
  const start = Math.ceil((prefix + text.length + 1) / 64) * 64;
  const out = new Uint8Array(start + data.byteLength);
  const view = new DataView(out.buffer);
  for (let i = 0; i < MAGIC.length; i++) out[i] = MAGIC.charCodeAt(i);
  out[6] = version;
  if (version === 1) view.setUint16(8, start - prefix, true);
  else view.setUint32(8, start - prefix, true);
  out.fill(0x20, prefix, start).set(new TextEncoder().encode(text), prefix);
  out[start - 1] = 0x0a;
  out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  return out;
}

/** The number of elements of an array of this shape. */
export function elements(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
