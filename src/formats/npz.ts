// NumPy's .npz: a zip of .npy files. Written by fflate with fixed dates; read with every size and checksum checked
// against the facts.

import { zipSync } from "fflate";
import { DatadamError } from "../errors.ts";
import { encodeNpy, type NpyArray } from "./npy.ts";
import { checkNpyHead, decodeNpy, decodeNpyTexts, type NpyTexts } from "./npyReader.ts";
import { readZip } from "./zip.ts";

/** The earliest that a zip can hold; fflate reads it in local time, so it is the same everywhere. */
const DATE = new Date(1980, 0, 1);

/** Writes arrays in the order given, each as `<name>.npy`, deflated. Equal input gives equal bytes. */
export function encodeNpz(arrays: Readonly<Record<string, NpyArray>>): Uint8Array {
  const files = Object.entries(arrays).map(([name, array]) => [`${name}.npy`, encodeNpy(array)] as const);
  return zipSync(Object.fromEntries(files), { mtime: DATE, level: 6, os: 3 });
}

/** What {@link decodeNpz} reads. */
export interface NpzOptions {
  /** Refuse files whose wanted arrays unpack to more. Default 1 GiB. */
  maxBytes?: number;
  /** Which arrays to read; others are not unpacked. Asked of each name, in order. Default: all. */
  want?: (name: string) => boolean;
}

/**
 * Reads the arrays of the file, as `numpy.savez` and `savez_compressed` write it. The header of each is looked at
 * before the array is unpacked.
 * @throws DatadamError INVALID_DATA where the file is damaged, too large or packed beyond belief, or holds anything but
 *   .npy files
 */
export function decodeNpz(bytes: Uint8Array, options: NpzOptions = {}): Record<string, NpyArray> {
  const arrays: [string, NpyArray][] = [];
  const nameOf = (file: string): string => {
    if (file.endsWith(".npy")) return file.slice(0, -".npy".length);
    const message = `Not a .npz file that can be read: it holds "${file}", which is not an .npy file.`;
    throw new DatadamError("INVALID_DATA", message);
  };
  const { want: wanted = () => true } = options;
  const want = (file: string): boolean => wanted(nameOf(file));
  const check = (_: string, size: number, head: Uint8Array): void => checkNpyHead(head, size);
  for (const { name, data } of readZip(bytes, { maxBytes: options.maxBytes ?? 2 ** 30, want, check })) {
    arrays.push([nameOf(name), decodeNpy(data)]);
  }
  return Object.fromEntries(arrays);
}

/** What {@link readNpz} reads. */
export interface NpzContents {
  readonly arrays: Readonly<Record<string, NpyArray>>;
  /** Arrays of strings. */
  readonly texts: Readonly<Record<string, NpyTexts>>;
  /** The names of all members, read or not. */
  readonly names: readonly string[];
}

/**
 * As {@link decodeNpz}, with arrays of strings. What is not wanted may be anything.
 * @throws DatadamError INVALID_DATA
 */
export function readNpz(bytes: Uint8Array, options: NpzOptions): NpzContents {
  const arrays: [string, NpyArray][] = [];
  const texts: [string, NpyTexts][] = [];
  const names: string[] = [];
  const { want: wanted = () => true, maxBytes = 2 ** 30 } = options;
  const nameOf = (file: string): string => file.replace(/\.npy$/, "");
  const want = (file: string): boolean => {
    names.push(nameOf(file));
    return wanted(nameOf(file));
  };
  const check = (_: string, size: number, head: Uint8Array): void => checkNpyHead(head, size);
  for (const { name, data } of readZip(bytes, { maxBytes, want, check })) {
    const text = decodeNpyTexts(data);
    if (text === undefined) arrays.push([nameOf(name), decodeNpy(data)]);
    else texts.push([nameOf(name), text]);
  }
  return { arrays: Object.fromEntries(arrays), texts: Object.fromEntries(texts), names };
}
