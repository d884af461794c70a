// SHA-256 by the platform (Web Crypto: Node and browsers), of what is in memory.

import { DatadamError } from "../../errors.ts";
import type { ImageSet } from "../../images/index.ts";
import { canonicalJson } from "../../run/portable.ts";

/** SHA-256 of several arrays or texts in turn, hexadecimal. @throws DatadamError INVALID_DATA above 2 GiB */
export async function sha256(...parts: readonly (ArrayBufferView | string)[]): Promise<string> {
  const arrays = parts.map((part) => (typeof part === "string" ? new TextEncoder().encode(part) : bytesOf(part)));
  const length = arrays.reduce((sum, array) => sum + array.length, 0);
  if (length >= 2 ** 31) throw new DatadamError("INVALID_DATA", `${length} bytes are too many to be hashed at once`);
  const whole = new Uint8Array(length);
  let at = 0;
  for (const array of arrays) {
    whole.set(array, at);
    at += array.length;
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** SHA-256 of a set's shape, labels and pixels. @throws DatadamError INVALID_DATA above 2 GiB of pixels */
export function fingerprintOf(set: ImageSet): Promise<string> {
  const { shape, count, normalization, labels } = set;
  const images = Array.from({ length: count }, (_, index) => set.image(index));
  return sha256(canonicalJson({ shape, count, normalization }), labels, ...images);
}
