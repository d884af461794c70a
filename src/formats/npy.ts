// NumPy's .npy: one array after a Python dict literal. Written as version 1.0 (2.0 where the header is long); 1.0 to
// 3.0 are read.
// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html

import { DatadamError } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import { copyBytes } from "./bytes.ts";

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
  [D in NpyDType]: { readonly dtype: D; readonly shape: readonly number[]; readonly data: NpyArrays[D] };
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

const MAGIC = "\x93NUMPY";
const ITEM = /\s*'(descr|fortran_order|shape)'\s*:\s*(?:'([^']*)'|(True|False)|\(([\d\s,]*)\))\s*(?:,|$)/y;

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

/**
 * Reads one array. The data are a copy.
 * @throws DatadamError INVALID_DATA where the file is damaged, or holds what is not read here: big-endian, column-major
 *   or structured arrays, strings and Python objects
 */
export function decodeNpy(bytes: Uint8Array): NpyArray {
  const { dtype, shape, start } = readHeader(bytes, bytes.length);
  const data = new ARRAYS[dtype](copyBytes(bytes, start).buffer);
  return { dtype, shape, data } as NpyArray;
}

/**
 * Looks at the first bytes of a file before the others are there. A header that does not end in them is left alone.
 * @param size of the file
 * @throws DatadamError INVALID_DATA as {@link decodeNpy}
 */
export function checkNpyHead(head: Uint8Array, size: number): void {
  const version = head[6];
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const end = head.length < 12 ? 12 : version === 1 ? 10 + view.getUint16(8, true) : 12 + view.getUint32(8, true);
  if (head.length >= Math.min(end, size)) readHeader(head, size);
}

/** What the header says, where it fits a file of `size` bytes; the array begins at `start`. */
function readHeader(bytes: Uint8Array, size: number): { dtype: NpyDType; shape: number[]; start: number } {
  for (let i = 0; i < MAGIC.length; i++) {
    if (bytes[i] !== MAGIC.charCodeAt(i)) throw invalid("it does not begin with \\x93NUMPY");
  }
  const version = bytes[6];
  if (version < 1 || version > 3) throw invalid(`its version is ${version}`);
  const prefix = version === 1 ? 10 : 12;
  if (bytes.length < prefix) throw invalid("it ends within its header");
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const start = prefix + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (start > size) throw invalid(`its header would end at byte ${start}, but the file has ${size}`);
  const { descr, fortran, shape } = parseHeader(new TextDecoder("latin1").decode(copyBytes(bytes, prefix, start)));
  const dtype = descr.slice(1) as NpyDType;
  if (!/^[<|]/.test(descr) || !Object.hasOwn(ARRAYS, dtype)) {
    throw invalid(`its dtype is "${descr}"; read are little-endian ${Object.keys(ARRAYS).join(", ")}`);
  }
  if (fortran && shape.length > 1) {
    throw invalid("it is stored by columns (fortran_order); save numpy.ascontiguousarray(array) instead");
  }
  const needed = elements(shape) * ARRAYS[dtype].BYTES_PER_ELEMENT;
  if (needed !== size - start) {
    throw invalid(`${descr} [${shape}] needs ${needed} bytes, but there are ${size - start}`);
  }
  return { dtype, shape, start };
}

function parseHeader(text: string): { descr: string; fortran: boolean; shape: number[] } {
  const items = new Map<string, string | undefined>();
  const body = text.length > LIMITS.npyHeaderBytes ? undefined : /^\{([^{}]*)\}\s*$/.exec(text)?.[1].trimEnd();
  ITEM.lastIndex = 0;
  for (let at = 0; body !== undefined && at < body.length; at = ITEM.lastIndex) {
    const match = ITEM.exec(body);
    if (match === null || items.has(match[1])) break;
    items.set(match[1], match[{ descr: 2, fortran_order: 3, shape: 4 }[match[1]] as number]);
    if (ITEM.lastIndex === body.length) {
      const [descr, fortran, shape] = [items.get("descr"), items.get("fortran_order"), items.get("shape")];
      if (descr === undefined || fortran === undefined || shape === undefined) break;
      return { descr, fortran: fortran === "True", shape: (shape.match(/\d+/g) ?? []).map(Number) };
    }
  }
  throw invalid(`its header reads ${JSON.stringify(text.slice(0, 100))}`);
}

/** The number of elements of an array of this shape. */
export function elements(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

function invalid(what: string): DatadamError {
  return new DatadamError("INVALID_DATA", `Not a .npy file that can be read: ${what}.`);
}
