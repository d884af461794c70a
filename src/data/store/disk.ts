// Images decoded into the cache and read from it one by one.

import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { DatadamError } from "../../errors.ts";
import { checkIndex, imageSize, withLazyPixels } from "../../images/index.ts";
import type { ImageSet } from "../../images/types.ts";
import { readOrSkip } from "../decode/corrupt.ts";
import type { DecodedImage } from "../decode/decode.ts";
import { type Facts, type Gathered, labelled } from "../decode/gather.ts";
import { sharedLabels } from "../decode/pixels.ts";
import type { Part } from "../layout/layout.ts";
import { mapInOrder } from "../mapInOrder.ts";
import type { ResolvedOptions } from "../options.ts";
import { openStore } from "./buildStore.ts";
import { STORE_VERSION, type Store } from "./store.ts";

/** Above so many bytes of pixels a set is kept on the disk where `store` is auto. */
const AUTO_BYTES = 2 ** 30;
/** Files asked for their size and time at once. */
const STAMPS_AT_ONCE = 64;

/** Files that can be read again in any order. */
export interface StampedFiles {
  readonly root: string;
  readonly image: (path: string) => Promise<DecodedImage>;
  /** What changes with the contents of a file, such as its size and time. */
  readonly stamp: (path: string) => Promise<string>;
}

/**
 * Whether so many bytes are to be kept on the disk.
 * @param possible whether the files can be read again
 * @throws DatadamError INVALID_OPTION where the disk was asked for and is not possible
 */
export function wantsDisk(root: string, options: ResolvedOptions, bytes: number, possible: boolean): boolean {
  if (options.store === "disk" && !possible) {
    throw new DatadamError("INVALID_OPTION", `The images of "${root}" are always decoded into memory.`, {
      hint: "Leave `store` out, or set it to memory.",
    });
  }
  return possible && !fitsMemory(options, bytes);
}

/** Whether so many bytes are to be in memory. */
export function fitsMemory({ store }: ResolvedOptions, bytes: number): boolean {
  return store === "memory" || (store === "auto" && bytes <= AUTO_BYTES);
}

/**
 * Decodes the files of the parts where the cache does not have them. How they are split into parts does not matter to
 * it.
 */
export async function decodeToDisk(
  parts: readonly Part[],
  { root, image, stamp }: StampedFiles,
  channels: 1 | 3,
  options: ResolvedOptions,
): Promise<Gathered> {
  const paths = parts.flat(2).sort();
  const stampOf = (path: string) => readOrSkip(path, options.corrupt, () => stamp(path));
  const stamps = await mapInOrder(paths, stampOf, STAMPS_AT_ONCE);
  const files = paths.map((path, i) => [path, stamps[i]]);
  const key = storeKey([resolve(root), channels, options.size], files);
  const images = () => paths.map((path) => ({ path, decode: () => image(path) }));
  const source = { root, key, channels, size: options.size, total: paths.length, images };
  return partsOfStore(await openStore(source, options), parts);
}

/** The SHA-256 of facts, and of the files with what shows that they have changed. */
export function storeKey(facts: readonly unknown[], files: Iterable<readonly unknown[]>): string {
  const hash = createHash("sha256").update(JSON.stringify([STORE_VERSION, ...facts]));
  for (const file of files) hash.update(JSON.stringify(file));
  return hash.digest("hex");
}

/** The parts of what a store holds, without the files that were skipped. */
export function partsOfStore(store: Store, parts: readonly Part[]): Gathered {
  const slotOf = new Map(store.paths.map((path, slot) => [path, slot]));
  const { grey, mislabelled, skipped, read } = store;
  const gathered = parts.map((part) => {
    const items = labelled(part).filter(({ path }) => slotOf.has(path));
    const labels = sharedLabels(items.length);
    labels.set(items.map(({ label }) => label));
    const slots = Uint32Array.from(items, ({ path }) => slotOf.get(path)!);
    return { labels, open: (facts: Facts) => onDisk(facts, labels, slots, read) };
  });
  return { parts: gathered, skipped, grey, mislabelled };
}

function onDisk(
  facts: Facts,
  labels: Uint16Array,
  slots: Uint32Array,
  read: Store["read"],
): Omit<ImageSet, "normalization"> {
  const size = imageSize(facts);
  const set = {
    ...facts,
    count: labels.length,
    labels,
    image(index: number): Uint8Array {
      checkIndex(set, index);
      const out = new Uint8Array(size);
      read(slots[index], out);
      return out;
    },
  };
  return withLazyPixels(set);
}
