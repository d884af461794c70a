// Keeping fitted whitening: a minute of work that only pixels, normalisation and eps decide.

import { imageSize, readImages } from "../imageSet.ts";
import type { ImageSet, Zca } from "../types.ts";

/** Where to keep bytes under a key of `[a-z0-9-]`. Both may fail: what fails is computed again, or not kept. */
export interface PrepareCache {
  get(key: string): Promise<Uint8Array | undefined>;
  put(key: string, bytes: Uint8Array): Promise<void>;
}

/** Changes with anything that changes fitted matrices or the layout of an entry. */
const VERSION = 1;
/** The most bytes of pixels that are hashed at once, since Web Crypto takes no stream. */
const PIECE = 2 ** 28;
/** Characters of a hexadecimal SHA-256. */
const DIGEST = 64;

/**
 * The whitening kept for this set and eps, else what `compute` gives, which is then kept. Damaged entries are ignored.
 */
export async function cachedZca(
  cache: PrepareCache | undefined,
  set: ImageSet,
  eps: number,
  compute: () => Promise<Zca>,
): Promise<Zca> {
  if (!cache) return compute();
  const key = await zcaKey(set, eps);
  const cached = await cache
    .get(key)
    .then((entry) => entry && decode(entry, key, set, eps))
    .catch(() => undefined);
  if (cached) return cached;
  const zca = await compute();
  await encode(zca, key)
    .then((entry) => cache.put(key, entry))
    .catch(() => undefined);
  return zca;
}

/** `zca-` and the SHA-256 of pixels (of each piece), shape, normalisation and eps. */
async function zcaKey(set: ImageSet, eps: number): Promise<string> {
  const { mean, std } = set.normalization;
  const most = Math.max(1, Math.floor(PIECE / imageSize(set)));
  const pieces: string[] = [];
  for (let start = 0; start < set.count; start += most) {
    pieces.push(await sha256(readImages(set, start, Math.min(most, set.count - start))));
  }
  const pixels = pieces.join();
  return `zca-${await sha256(text(JSON.stringify([VERSION, set.count, set.shape, mean, std, eps, pixels])))}`;
}

/** An entry: its {@link signature}, then mean, whiten and unwhiten as float32 in this machine's byte order. */
async function encode({ mean, whiten, unwhiten }: Zca, key: string): Promise<Uint8Array> {
  const parts = [mean, whiten, unwhiten];
  const entry = new Uint8Array(parts.reduce((size, part) => size + part.byteLength, DIGEST));
  let at = DIGEST;
  for (const part of parts) {
    entry.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at += part.byteLength;
  }
  entry.set(text(await signature(entry, key)));
  return entry;
}

async function decode(entry: Uint8Array, key: string, set: ImageSet, eps: number): Promise<Zca | undefined> {
  const d = imageSize(set);
  if (entry.length !== DIGEST + 4 * (d + 2 * d * d)) return undefined;
  if (!(await isWholeEntry(entry, key))) return undefined;
  const numbers = (from: number, to: number): Float32Array =>
    new Float32Array(entry.slice(DIGEST + 4 * from, DIGEST + 4 * to).buffer);
  const [first, second] = [d, d + d * d];
  return { eps, mean: numbers(0, first), whiten: numbers(first, second), unwhiten: numbers(second, second + d * d) };
}

/** Whether an entry is what was kept under its key. */
export async function isWholeEntry(entry: Uint8Array, key: string): Promise<boolean> {
  return new TextDecoder().decode(entry.slice(0, DIGEST)) === (await signature(entry, key));
}

/** Ties the numbers of an entry to its key. */
async function signature(entry: Uint8Array, key: string): Promise<string> {
  return sha256(text(key + (await sha256(entry.subarray(DIGEST)))));
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

/** Hexadecimal. */
async function sha256(bytes: Uint8Array): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
