// Safetensors: named arrays after a JSON header. Strict both ways: what does not follow the format to the letter is
// refused.
// Format: https://github.com/huggingface/safetensors#format

import { copyBytes } from "../bytes.ts";
import { DatadamError } from "../errors.ts";
import { parseJson } from "../json.ts";
import { LIMITS } from "../limits.ts";
import { quoted } from "../quoted.ts";
import { duplicateKey } from "./json.ts";

/** The array that holds each dtype. Half floats are given as their bits. */
export interface TensorArrays {
  BOOL: Uint8Array;
  U8: Uint8Array;
  I8: Int8Array;
  U16: Uint16Array;
  I16: Int16Array;
  F16: Uint16Array;
  BF16: Uint16Array;
  U32: Uint32Array;
  I32: Int32Array;
  F32: Float32Array;
  U64: BigUint64Array;
  I64: BigInt64Array;
  F64: Float64Array;
}

export type TensorDType = keyof TensorArrays;

/** An array with its shape; `data` is row-major and as long as the product of `shape`. */
export type Tensor = {
  [D in TensorDType]: { readonly dtype: D; readonly shape: readonly number[]; readonly data: TensorArrays[D] };
}[TensorDType];

type Constructor = new (buffer: ArrayBuffer) => TensorArrays[TensorDType];

const ARRAYS: Readonly<Record<TensorDType, Constructor & { BYTES_PER_ELEMENT: number }>> = {
  BOOL: Uint8Array,
  U8: Uint8Array,
  I8: Int8Array,
  U16: Uint16Array,
  I16: Int16Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  U32: Uint32Array,
  I32: Int32Array,
  F32: Float32Array,
  U64: BigUint64Array,
  I64: BigInt64Array,
  F64: Float64Array,
};

/**
 * Writes tensors in the order given. Equal input gives equal bytes; the header is padded with spaces to a multiple of
 * 8.
 * @throws RangeError where `data` is not as long as `shape` says, TypeError where it is not the array of its dtype
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, Tensor>>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  const header: [string, unknown][] = metadata === undefined ? [] : [["__metadata__", { ...metadata }]];
  let size = 0;
  for (const [name, { dtype, shape, data }] of Object.entries(tensors)) {
    if (name === "__metadata__") throw new RangeError('encodeSafetensors: no tensor can be named "__metadata__"');
    if (!(data instanceof ARRAYS[dtype]))
      throw new TypeError(`encodeSafetensors: "${name}" is not an array of ${dtype}`);
    if (elements(shape) !== data.length) {
      throw new RangeError(`encodeSafetensors: "${name}" has ${data.length} elements, but its shape is [${shape}]`);
    }
    header.push([name, { dtype, shape: [...shape], data_offsets: [size, size + data.byteLength] }]);
    size += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const padded = Math.ceil(text.length / 8) * 8;
  const out = new Uint8Array(8 + padded + size);
  new DataView(out.buffer).setBigUint64(0, BigInt(padded), true);
  out.fill(0x20, 8, 8 + padded).set(text, 8);
  let at = 8 + padded;
  for (const { data } of Object.values(tensors)) {
    out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return out;
}

/** Where a tensor of a file lies, in bytes from the end of the header. */
export interface TensorPlace {
  readonly dtype: TensorDType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/**
 * Reads the header of a file whose tensors are read by position.
 *
 * @param bytes the beginning of the file, with the whole header. @param size of the file, in bytes.
 * @returns the tensors' places, and where the header ends.
 * @throws DatadamError INVALID_DATA as {@link decodeSafetensors}; overlaps and holes are not looked for.
 */
export function decodeSafetensorsHeader(
  bytes: Uint8Array,
  size: number,
): { places: Record<string, TensorPlace>; metadata: Record<string, string>; start: number } {
  const { entries, start } = readHeader(bytes);
  const metadata: Record<string, string> = Object.create(null);
  const places: Record<string, TensorPlace> = Object.create(null);
  for (const [name, value] of entries) {
    if (!isObject(value)) throw invalid(`"${name}" is not an object`);
    if (name === "__metadata__") readMetadata(value, (key, text) => (metadata[key] = text));
    else places[name] = checkEntry(name, value, size - start);
  }
  return { places, metadata, start };
}

function readMetadata(value: Record<string, unknown>, set: (key: string, text: string) => void): void {
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") throw invalid(`the metadata "${key}" is not a string`);
    set(key, text);
  }
}

/**
 * Reads a safetensors file. The arrays are copies.
 * @throws DatadamError INVALID_DATA where the file breaks the format: a header length past the end, a header that is
 *   not a JSON object, a name given twice, an unknown dtype, a byte range that does not fit its shape, ranges that
 *   overlap, leave holes or pass the end
 */
export function decodeSafetensors(bytes: Uint8Array): {
  tensors: Record<string, Tensor>;
  metadata: Record<string, string>;
} {
  const { entries, start } = readHeader(bytes);
  const metadata = new Map<string, string>();
  const places: (TensorPlace & { readonly name: string })[] = [];
  for (const [name, value] of entries) {
    if (!isObject(value)) throw invalid(`"${name}" is not an object`);
    if (name === "__metadata__") {
      readMetadata(value, (key, text) => metadata.set(key, text));
      continue;
    }
    places.push({ name, ...checkEntry(name, value, bytes.length - start) });
  }
  // Before anything is copied: ranges that overlap would take many times the file.
  let at = 0;
  for (const { name, begin, end } of places.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at) throw invalid(`the bytes of "${name}" begin at ${begin}, where ${at} was due (overlap or hole)`);
    at = end;
  }
  if (at !== bytes.length - start) throw invalid(`${bytes.length - start - at} bytes after the last tensor`);
  const tensors = places.map(({ name, dtype, shape, begin, end }) => {
    const data = new ARRAYS[dtype](copyBytes(bytes, start + begin, start + end).buffer);
    return [name, { dtype, shape, data } as Tensor] as const;
  });
  return { tensors: Object.fromEntries(tensors), metadata: Object.fromEntries(metadata) };
}

function readHeader(bytes: Uint8Array): { entries: [string, unknown][]; start: number } {
  if (bytes.length < 8) throw invalid(`it has ${bytes.length} bytes, fewer than the 8 of the header's length`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > bytes.length - 8 || length > LIMITS.safetensorsHeaderBytes) {
    const most = Math.min(bytes.length, LIMITS.safetensorsHeaderBytes);
    throw invalid(`its header would be ${length} bytes long, more than ${most}`);
  }
  const start = 8 + Number(length);
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(copyBytes(bytes, 8, start));
    header = parseJson(text);
  } catch (cause) {
    throw invalid("its header is not JSON", cause);
  }
  if (!isObject(header)) throw invalid("its header is not a JSON object");
  const twice = duplicateKey(text);
  if (twice !== undefined) throw invalid(`its header holds the key "${twice}" twice`);
  return { entries: Object.entries(header), start };
}

function checkEntry(
  name: string,
  value: Record<string, unknown>,
  size: number,
): { dtype: TensorDType; shape: number[]; begin: number; end: number } {
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== "string" || !Object.hasOwn(ARRAYS, dtype)) {
    throw invalid(`the dtype of "${name}" is ${quoted(dtype)}; known are ${Object.keys(ARRAYS).join(", ")}`);
  }
  if (!isCounts(shape)) throw invalid(`the shape of "${name}" is ${quoted(shape)}`);
  if (!isCounts(offsets) || offsets.length !== 2) {
    throw invalid(`the data_offsets of "${name}" are ${quoted(offsets)}`);
  }
  const [begin, end] = offsets;
  if (begin > end || end > size) throw invalid(`"${name}" takes bytes ${begin} to ${end} of ${size}`);
  const needed = elements(shape) * ARRAYS[dtype as TensorDType].BYTES_PER_ELEMENT;
  if (needed !== end - begin) {
    throw invalid(`"${name}" needs ${needed} bytes as ${dtype} [${shape}], but has ${end - begin}`);
  }
  return { dtype: dtype as TensorDType, shape, begin, end };
}

function elements(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

function invalid(what: string, cause?: unknown): DatadamError {
  return new DatadamError("INVALID_DATA", `Not a valid safetensors file: ${what}.`, { cause });
}
