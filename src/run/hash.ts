// SHA-256 of data sets and arrays, at once and by Node: a set of any size.

import { createHash } from "node:crypto";
import type { ImageSet } from "../images/types.ts";
import { canonicalJson } from "./canonical.ts";

/** SHA-256 of a set's shape, labels and pixels, hexadecimal. */
export function fingerprint(set: ImageSet): string {
  const hash = createHash("sha256")
    .update(canonicalJson({ shape: set.shape, count: set.count, normalization: set.normalization }))
    .update(bytesOf(set.labels));
  for (let i = 0; i < set.count; i++) hash.update(set.image(i));
  return hash.digest("hex");
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
