// Decoded images in one file of the cache: equal numbers of bytes one after the other, then an index, then a trailer
// that vouches for it.

import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { DatadamError } from "../../errors.ts";
import type { Skipped } from "../decode/corrupt.ts";
import type { Mislabelled } from "../decode/mislabelled.ts";

/** Changes with the layout of the file and with anything that changes decoded bytes, such as resizing. */
export const STORE_VERSION = 2;

/** What the file says of its images. */
export interface StoreIndex {
  /** Of everything that decides the bytes. */
  readonly key: string;
  /** Bytes of an image. */
  readonly stride: number;
  /** One an image, in the order of the file. */
  readonly paths: readonly string[];
  /** Files that could not be decoded. */
  readonly skipped: readonly Skipped[];
  /** Whether every image is grey. */
  readonly grey: boolean;
  readonly mislabelled: Mislabelled;
}

/** An open file of images. */
export interface Store extends StoreIndex {
  /** Reads the first bytes of an image, as many as `out` has, with one positional read. */
  read(slot: number, out: Uint8Array): void;
}

/** SHA-256 of the index in hexadecimal, its length in decimal. */
const [DIGEST, LENGTH] = [64, 16];
const TRAILER = DIGEST + LENGTH;

const unused = new FinalizationRegistry<number>((file) => closeSync(file));

/** What follows the pixels. */
export function encodeIndex(index: StoreIndex): Buffer {
  const text = Buffer.from(JSON.stringify({ version: STORE_VERSION, ...index }));
  return Buffer.concat([text, Buffer.from(sha256(text) + String(text.length).padStart(LENGTH, "0"))]);
}

/**
 * Opens a file of the cache. Undefined where there is none, or where it is damaged, cut off or another's: it is to be
 * made anew.
 */
export function openStoreFile(path: string, { key, stride }: Pick<StoreIndex, "key" | "stride">): Store | undefined {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return undefined;
  }
  const index = readIndex(file);
  if (index?.key !== key || index.stride !== stride) {
    closeSync(file);
    return undefined;
  }
  const read = (slot: number, out: Uint8Array): void => {
    if (readFully(file, out, slot * stride)) return;
    throw new DatadamError("INVALID_DATA", `The cache of decoded images "${path}" was cut off while it was read.`, {
      hint: "Run again: it is made anew.",
    });
  };
  unused.register(read, file);
  return { ...index, read };
}

function readIndex(file: number): StoreIndex | undefined {
  const { size } = fstatSync(file);
  const trailer = Buffer.alloc(TRAILER);
  if (size < TRAILER || !readFully(file, trailer, size - TRAILER)) return undefined;
  const digits = trailer.toString("latin1", DIGEST);
  const length = /^\d+$/.test(digits) ? Number(digits) : size;
  if (length > size - TRAILER) return undefined;
  const text = Buffer.alloc(length);
  if (!readFully(file, text, size - TRAILER - length)) return undefined;
  if (sha256(text) !== trailer.toString("latin1", 0, DIGEST)) return undefined;
  const { version, ...index } = JSON.parse(text.toString()) as StoreIndex & { version: number };
  const fits = version === STORE_VERSION && index.paths.length * index.stride === size - TRAILER - length;
  return fits ? index : undefined;
}

function readFully(file: number, out: Uint8Array, position: number): boolean {
  for (let at = 0; at < out.length; ) {
    const count = readSync(file, out, at, out.length - at, position + at);
    if (count === 0) return false;
    at += count;
  }
  return true;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
