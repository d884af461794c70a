// Decoded images in one file of the cache: equal numbers of bytes one after the other, then an index with a checksum of
// each, then a trailer that vouches for the index.

import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync, rmSync, statSync } from "node:fs";
import { crc32 } from "node:zlib";
import { DatadamError } from "../../errors.ts";
import type { Skipped } from "../decode/corrupt.ts";
import type { Mislabelled } from "../decode/mislabelled.ts";

/** Changes with anything that changes decoded bytes, such as resizing. */
export const STORE_VERSION = 2;
/** Changes with the layout of the file: one of another layout is made anew in its place. */
const LAYOUT = 3;

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
  /** CRC-32 of each image. */
  readonly checksums: readonly number[];
}

/** An open file of images. */
export interface Store extends StoreIndex {
  /**
   * Reads the first bytes of an image, as many as `out` has. Its checksum is looked at when it is first read.
   *
   * @throws DatadamError INVALID_DATA where it is not what was written; the file is then removed, to be made anew.
   */
  read(slot: number, out: Uint8Array): void;
}

/** The CRC-32 of each image. @param stride bytes of an image */
export function checksumsOf(bytes: Uint8Array, stride: number): number[] {
  return Array.from({ length: bytes.length / stride }, (_, i) => crc32(bytes.subarray(i * stride, (i + 1) * stride)));
}

/** SHA-256 of the index in hexadecimal, its length in decimal. */
const [DIGEST, LENGTH] = [64, 16];
const TRAILER = DIGEST + LENGTH;

const unused = new FinalizationRegistry<number>((file) => closeSync(file));

/** What follows the pixels. */
export function encodeIndex(index: StoreIndex): Buffer {
  const text = Buffer.from(JSON.stringify({ version: LAYOUT, ...index }));
  return Buffer.concat([text, Buffer.from(sha256(text) + String(text.length).padStart(LENGTH, "0"))]);
}

/**
 * Opens a file of the cache. Undefined where there is none, or where it is damaged, cut off or another's: it is to be
 * made anew.
 */
export function openStoreFile(path: string, { key, stride }: Pick<StoreIndex, "key" | "stride">): Store | undefined {
  const store = openAnyStore(path);
  if (store === undefined) return undefined;
  if (store.key === key && store.stride === stride) return store;
  store.close();
  return undefined;
}

/** As {@link openStoreFile}, whatever it is of. `close` may be left out. */
export function openAnyStore(path: string): (Store & { close(): void }) | undefined {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return undefined;
  }
  const index = readIndex(file);
  if (index === undefined) {
    closeSync(file);
    return undefined;
  }
  const { stride, checksums, paths } = index;
  const seen = new Uint8Array(paths.length);
  const whole = new Uint8Array(stride);
  const read = (slot: number, out: Uint8Array): void => {
    const all = seen[slot] === 1 || out.length === stride ? out : whole;
    if (!readFully(file, all, slot * stride)) {
      throw new DatadamError("INVALID_DATA", `The cache of decoded images "${path}" was cut off while it was read.`, {
        hint: "Run again: it is made anew.",
      });
    }
    if (seen[slot] === 1) return;
    if (crc32(all) !== checksums[slot]) throw damaged(path, file, paths[slot]!);
    seen[slot] = 1;
    if (all !== out) out.set(all.subarray(0, out.length));
  };
  unused.register(read, file, read);
  const close = (): void => {
    unused.unregister(read);
    closeSync(file);
  };
  return { ...index, read, close };
}

/** Takes a damaged file away, unless another is in its place by now. */
function damaged(path: string, file: number, image: string): DatadamError {
  let hint = "It was removed: run again, and it is made anew.";
  try {
    if (statSync(path).ino === fstatSync(file).ino) rmSync(path);
  } catch {
    hint = "Delete it and run again: it is made anew.";
  }
  const what = `The cache of decoded images "${path}" is damaged: ${image} is not there as it was written.`;
  return new DatadamError("INVALID_DATA", what, {
    hint: `${hint} Where this comes back, the disk or the memory fails.`,
  });
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
  if (version !== LAYOUT || index.checksums.length !== index.paths.length) return undefined;
  const fits = index.paths.length * index.stride === size - TRAILER - length;
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
