// SHA-256 of data sets and arrays, at once and by Node: a set of any size.

import { createHash, type Hash } from "node:crypto";
import type { ImageSet } from "../images/types.ts";
import { canonicalJson } from "./canonical.ts";

/** Bytes that are hashed between two looks at what else there is to do. */
const AT_ONCE = 2 ** 24;

/** SHA-256 of a set's shape, labels and pixels, hexadecimal. */
export function fingerprint(set: ImageSet): string {
  const hash = begun(set);
  for (let i = 0; i < set.count; i++) hash.update(set.image(i));
  return hash.digest("hex");
}

/** The same, letting timers run meanwhile: a claim goes on beating while gigabytes are hashed. */
export async function fingerprintInTurns(set: ImageSet): Promise<string> {
  const hash = begun(set);
  let bytes = 0;
  for (let i = 0; i < set.count; i++) {
    const image = set.image(i);
    hash.update(image);
    bytes += image.length;
    if (bytes < AT_ONCE) continue;
    bytes = 0;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return hash.digest("hex");
}

function begun(set: ImageSet): Hash {
  return createHash("sha256")
    .update(canonicalJson({ shape: set.shape, count: set.count, normalization: set.normalization }))
    .update(bytesOf(set.labels));
}

/** SHA-256 of several arrays in turn, hexadecimal. */
export function checksum(...arrays: readonly (ArrayBufferView | string)[]): string {
  const hash = createHash("sha256");
  for (const array of arrays) hash.update(typeof array === "string" ? array : bytesOf(array));
  return hash.digest("hex");
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
