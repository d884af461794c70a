// MATLAB's .mat of level 5: named arrays, each deflated or not. Format: "MAT-File Format", MathWorks, chapter 1
// https://www.mathworks.com/help/pdf_doc/matlab/matfile_format.pdf

import { inflateZlib } from "#inflate";
import { copyBytes, latin1 } from "../bytes.ts";
import { DatadamError } from "../errors.ts";
import { mostUnpacked, tooManyBytes } from "../limits.ts";
import { TooLarge } from "./inflate/tooLarge.ts";
import { ARRAYS, elements, type NpyArray, type NpyArrays, type NpyDType } from "./npy.ts";

const HEADER = 128;
const MATRIX = 14;
const COMPRESSED = 15;
/** How numbers are stored (miINT8 ...), and what class of array they make (mxDOUBLE_CLASS ...). */
const STORED: Readonly<Record<number, NpyDType>> = {
  1: "i1",
  2: "u1",
  3: "i2",
  4: "u2",
  5: "i4",
  6: "u4",
  7: "f4",
  9: "f8",
  12: "i8",
  13: "u8",
};
const CLASSES: Readonly<Record<number, NpyDType>> = {
  6: "f8",
  7: "f4",
  8: "i1",
  9: "u1",
  10: "i2",
  11: "u2",
  12: "i4",
  13: "u4",
  14: "i8",
  15: "u8",
};

/** A tagged piece of a file. */
interface Element {
  readonly type: number;
  readonly data: Uint8Array;
  /** Where the next one begins. */
  readonly end: number;
}

/**
 * Reads the arrays of real numbers; cells, structures, text, sparse and complex arrays are left out.
 *
 * MATLAB stores columns first. The data are given as they lie, and **the shape is MATLAB's size reversed**, so that
 * they are row-major: what MATLAB calls `[height, width, channels, n]` is `[n, channels, width, height]` here.
 * @param options.maxBytes refuse files that unpack to more (default 1 GiB)
 * @throws DatadamError INVALID_DATA where the file is damaged, too large, big-endian or of another level (7.3 is HDF5)
 */
export function decodeMat(bytes: Uint8Array, options: { maxBytes?: number } = {}): Record<string, NpyArray> {
  checkHeader(bytes);
  const arrays = new Map<string, NpyArray>();
  const { maxBytes = 2 ** 30 } = options;
  let budget = mostUnpacked(bytes.length, maxBytes);
  const charge = (size: number): void => {
    budget -= size;
    if (budget < 0) throw invalid(tooManyBytes(bytes.length, maxBytes));
  };
  for (let at = HEADER; at < bytes.length; ) {
    const packed = readElement(bytes, at);
    at = packed.end;
    let element = packed;
    if (packed.type === COMPRESSED) {
      const data = inflate(packed.data, budget);
      charge(data.length);
      element = readElement(data, 0);
    }
    if (element.type !== MATRIX) throw invalid(`it holds an element of type ${element.type} where an array should be`);
    const matrix = readMatrix(element.data, charge);
    if (matrix === undefined) continue;
    if (arrays.has(matrix.name)) throw invalid(`it holds "${matrix.name}" twice`);
    arrays.set(matrix.name, matrix.array);
  }
  return Object.fromEntries(arrays);
}

function checkHeader(bytes: Uint8Array): void {
  const text = String.fromCharCode(...bytes.subarray(0, 19));
  if (/^MATLAB 7\.3/.test(text) || text.startsWith("\x89HDF")) {
    throw invalid("it is of level 7.3 (HDF5); save it with -v7");
  }
  const order = String.fromCharCode(...bytes.subarray(126, HEADER));
  if (bytes.length < HEADER || (order !== "IM" && order !== "MI")) throw invalid("its 128 bytes of header are damaged");
  if (order === "MI") throw invalid("it is big-endian");
  if (bytes[125] !== 1) throw invalid(`its version is ${bytes[125]}, not 1`);
}

function readElement(bytes: Uint8Array, at: number): Element {
  if (at + 8 > bytes.length) throw invalid("it ends within a tag");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = view.getUint32(at, true);
  const small = word > 0xffff; // up to four bytes of data lie within the tag
  const type = small ? word & 0xffff : word;
  const length = small ? word >>> 16 : view.getUint32(at + 4, true);
  const start = at + (small ? 4 : 8);
  if (small ? length > 4 : length > bytes.length - start) {
    throw invalid(`an element of ${length} bytes at byte ${at} ends past ${small ? "its tag" : "the end"}`);
  }
  const padded = small || type === COMPRESSED ? length : Math.ceil(length / 8) * 8;
  return { type, data: bytes.subarray(start, start + length), end: small ? at + 8 : start + padded };
}

function readMatrix(bytes: Uint8Array, charge: (size: number) => void): { name: string; array: NpyArray } | undefined {
  if (bytes.length === 0) return undefined; // how MATLAB writes an empty one
  const flags = readElement(bytes, 0);
  if (flags.type !== 6 || flags.data.length !== 8) throw invalid("the flags of an array are damaged");
  const dtype = CLASSES[flags.data[0]];
  if (dtype === undefined || (flags.data[1] & 8) !== 0) return undefined; // not numbers, or complex ones
  const size = readElement(bytes, flags.end);
  const title = readElement(bytes, size.end);
  const name = latin1(title.data);
  const sizes = size.type === 5 && size.data.length % 4 === 0 ? [...numbers("i4", size.data)].map(Number) : [];
  if (sizes.length < 2 || sizes.length > 64 || sizes.some((n) => n < 0)) {
    throw invalid(`the size of "${name}" is damaged`);
  }
  const real = readElement(bytes, title.end);
  const stored = STORED[real.type];
  if (stored === undefined) throw invalid(`the numbers of "${name}" are stored as type ${real.type}`);
  const [count, width] = [elements(sizes), ARRAYS[stored].BYTES_PER_ELEMENT];
  if (count * width !== real.data.length) {
    throw invalid(`"${name}" of size [${sizes}] needs ${count * width} bytes, but there are ${real.data.length}`);
  }
  charge(count * ARRAYS[dtype].BYTES_PER_ELEMENT);
  const data = convert(numbers(stored, real.data), stored, dtype);
  return { name, array: { dtype, shape: sizes.reverse(), data } as NpyArray };
}

function numbers(dtype: NpyDType, bytes: Uint8Array): NpyArrays[NpyDType] {
  return new ARRAYS[dtype](copyBytes(bytes, 0).buffer);
}

/** MATLAB stores numbers in the smallest type that holds them: a `double` array of small integers as `uint8`. */
function convert(data: NpyArrays[NpyDType], from: NpyDType, to: NpyDType): NpyArrays[NpyDType] {
  if (from === to) return data;
  if ([from, to].some((dtype) => dtype === "i8" || dtype === "u8")) throw invalid(`${from} stands for ${to}`);
  const out = new ARRAYS[to](new ArrayBuffer(data.length * ARRAYS[to].BYTES_PER_ELEMENT));
  (out as Float64Array).set(data as Float64Array);
  return out;
}

function inflate(bytes: Uint8Array, maxBytes: number): Uint8Array {
  try {
    return inflateZlib(bytes, maxBytes);
  } catch (cause) {
    throw invalid(
      cause instanceof TooLarge
        ? `it would unpack to more than the ${maxBytes} bytes left`
        : `an array does not unpack (${(cause as Error).message})`,
      cause,
    );
  }
}

function invalid(what: string, cause?: unknown): DatadamError {
  return new DatadamError("INVALID_DATA", `Not a .mat file that can be read: ${what}.`, { cause });
}
