// IDX, the format of MNIST: one array after a few big-endian numbers.
// Format: http://yann.lecun.com/exdb/mnist/ (at its end)

import { gunzip } from "#inflate";
import { copyBytes } from "../bytes.ts";
import { DatadamError } from "../errors.ts";
import { mostUnpacked, tooManyBytes } from "../limits.ts";
import { TooLarge } from "./inflate/tooLarge.ts";
import { ARRAYS, elements, type NpyArray, type NpyDType } from "./npy.ts";
import { swapBytes } from "./order.ts";

const TYPES: Readonly<Record<number, NpyDType>> = { 8: "u1", 9: "i1", 11: "i2", 12: "i4", 13: "f4", 14: "f8" };

/**
 * Reads one array, plain or gzipped. The data are a copy.
 * @param options.maxBytes refuse a gzipped file that unpacks to more (default 1 GiB)
 * @throws DatadamError INVALID_DATA where the file is damaged or cut off
 */
export function decodeIdx(bytes: Uint8Array, options: { maxBytes?: number } = {}): NpyArray {
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? unpack(bytes, options.maxBytes ?? 2 ** 30) : bytes;
  if (plain.length < 4 || plain[0] !== 0 || plain[1] !== 0) {
    throw invalid("it does not begin with two zeros, a type and a number of axes");
  }
  const dtype = TYPES[plain[2]];
  if (dtype === undefined) throw invalid(`its type is 0x${plain[2].toString(16)}; known are 0x8, 0x9, 0xb to 0xe`);
  const axes = plain[3];
  const start = 4 + 4 * axes;
  if (start > plain.length) throw invalid(`${axes} sizes would end at byte ${start}, but the file has ${plain.length}`);
  const view = new DataView(plain.buffer, plain.byteOffset);
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  const needed = elements(shape) * ARRAYS[dtype].BYTES_PER_ELEMENT;
  if (needed !== plain.length - start) {
    throw invalid(`${dtype} [${shape}] needs ${needed} bytes, but there are ${plain.length - start}`);
  }
  const data = copyBytes(plain, start);
  swapBytes(data, ARRAYS[dtype].BYTES_PER_ELEMENT);
  return { dtype, shape, data: new ARRAYS[dtype](data.buffer) } as NpyArray;
}

function unpack(bytes: Uint8Array, maxBytes: number): Uint8Array {
  try {
    return gunzip(bytes, mostUnpacked(bytes.length, maxBytes));
  } catch (cause) {
    if (cause instanceof TooLarge) throw invalid(tooManyBytes(bytes.length, maxBytes), cause);
    throw invalid(`it does not unpack (${(cause as Error).message})`, cause);
  }
}

function invalid(what: string, cause?: unknown): DatadamError {
  return new DatadamError("INVALID_DATA", `Not an IDX file that can be read: ${what}.`, { cause });
}
