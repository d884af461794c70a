// Decoding into the cache, once.

import { join } from "node:path";
import { DatadamError } from "../../errors.ts";
import { type Owner, ownerTitle, systemClock } from "../../storage/index.ts";
import { type Corrupt, readOrSkip, type Skipped } from "../decode/corrupt.ts";
import { type DecodedImage, writePlanes } from "../decode/decode.ts";
import { addMislabelled, mislabelOf, NONE_MISLABELLED } from "../decode/mislabelled.ts";
import { eachInOrder } from "../mapInOrder.ts";
import { Journal, removeLeftovers } from "./journal.ts";
import { openStoreFile, type Store } from "./store.ts";

/** About so many bytes are made to last at once, and are the most that a kill loses. */
const BATCH_BYTES = 8 * 2 ** 20;

/** Images that room is made for at first, and then for twice as many. */
const FIRST = 16;

/** An image to come. */
export interface Incoming {
  readonly path: string;
  readonly decode: () => Promise<DecodedImage>;
}

/** What {@link openStore} needs to know. */
export interface StoreSource {
  /** The place, for messages. */
  readonly root: string;
  /** Hexadecimal, of everything that decides the bytes. */
  readonly key: string;
  readonly channels: 1 | 3;
  /** Side in pixels. */
  readonly size: number;
  /** How many images there are, where that is known. */
  readonly total: number | undefined;
  /** All images, always in the same order. May be asked for again. */
  readonly images: () => Iterable<Incoming> | AsyncIterable<Incoming>;
}

/** How to go about it. */
export interface StoreOptions {
  readonly cacheDir: string;
  readonly corrupt: Corrupt;
  readonly onProgress: (done: number, total: number | undefined) => void;
  readonly onWarning: (message: string) => void;
}

/** Milliseconds between two looks at what another process makes. */
const LOOK_EVERY = 1000;

const making = new Map<string, Promise<void>>();

/**
 * The images from the cache; decoded into it where they are not there, resuming what a killed process left.
 * @throws DatadamError INVALID_DATA where an image cannot be decoded and none is to be skipped, IO where the cache
 *   cannot be written
 */
export async function openStore(source: StoreSource, options: StoreOptions): Promise<Store> {
  const { key, channels, size } = source;
  const file = join(options.cacheDir, `images-${key}`);
  const wanted = { key, stride: channels * size ** 2 };
  let store = openStoreFile(file, wanted);
  if (store !== undefined) await removeLeftovers(file);
  else {
    const made = making.get(file) ?? make(file, source, options).finally(() => making.delete(file));
    making.set(file, made);
    await made;
    store = openStoreFile(file, wanted);
  }
  if (store === undefined) throw cacheFailure(file, new Error("it cannot be read back"));
  if (options.corrupt === "fail" && store.skipped.length > 0) {
    throw new DatadamError("INVALID_DATA", store.skipped[0][1], {
      hint: `Remove the file or replace it. Was it mended with its size and time unchanged, delete ${file}`,
    });
  }
  return store;
}

/** Makes the file, or waits until another process has made it. */
async function make(file: string, source: StoreSource, options: StoreOptions): Promise<void> {
  const stride = source.channels * source.size ** 2;
  const guarded = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error) => {
      throw cacheFailure(file, error);
    });
  const journal = await guarded(openOrWait(file, { key: source.key, stride }, options));
  if (journal === undefined) return;
  const most = Math.max(1, Math.floor(BATCH_BYTES / stride));
  let bytes: Uint8Array = new Uint8Array(Math.min(most, FIRST) * stride);
  const empty = () => ({ paths: [] as string[], skipped: [] as Skipped[], grey: true, mislabelled: NONE_MISLABELLED });
  let batch = empty();
  let done = journal.paths.length + journal.skipped.length;
  const flush = async (): Promise<void> => {
    if (batch.paths.length + batch.skipped.length === 0) return;
    await guarded(journal.append(bytes.subarray(0, batch.paths.length * stride), batch));
    batch = empty();
  };
  const decode = async ({ path, decode }: Incoming) => [path, await readOrSkip(path, options.corrupt, decode)] as const;
  const take = async ([path, image]: Awaited<ReturnType<typeof decode>>): Promise<void> => {
    if ("rgb" in image) {
      const at = batch.paths.push(path) - 1;
      if (bytes.length === at * stride) bytes = grown(bytes, Math.min(most, 2 * at) * stride);
      writePlanes(image, source.channels, bytes.subarray(at * stride, (at + 1) * stride));
      batch.grey &&= image.grey;
      batch.mislabelled = addMislabelled(batch.mislabelled, mislabelOf(path, image.format));
    } else batch.skipped.push(image);
    options.onProgress(++done, source.total);
    if (batch.paths.length === most) await flush();
  };
  try {
    if (done > 0) options.onProgress(done, source.total);
    for await (const result of eachInOrder(withoutDone(source, journal), decode)) await take(result);
    await flush();
  } catch (error) {
    if (error instanceof OtherImages) {
      await journal.discard();
      return make(file, source, options);
    }
    await flush().catch(() => {}); // what was decoded need not be again
    await journal.close();
    throw error;
  }
  try {
    await guarded(journal.finish(file, source.key));
  } catch (error) {
    await journal.close().catch(() => {});
    throw error;
  }
}

/** The half-made file; undefined where another process, which was waited for, has made it. */
async function openOrWait(
  file: string,
  wanted: { readonly key: string; readonly stride: number },
  { onWarning }: StoreOptions,
): Promise<Journal | undefined> {
  const onWait = (owner: Owner | undefined, seconds: number): void =>
    onWarning(`"${file}" was being made by ${ownerTitle(owner)}; waiting up to ${seconds} s for a sign of it.`);
  for (let told = false; ; told = true) {
    try {
      const journal = await Journal.open(file, wanted.stride, told ? undefined : onWait);
      // Another process may have finished between the look at the file and the claim.
      if (openStoreFile(file, wanted) === undefined) return journal;
      await journal.discard();
      return undefined;
    } catch (error) {
      if (!(error instanceof DatadamError && error.code === "RUN_HELD")) throw error;
      if (!told) onWarning(`Another process makes the cache of these images; waiting for it. ${error.message}.`);
      await systemClock.sleep(LOOK_EVERY);
      if (openStoreFile(file, wanted) !== undefined) return undefined;
    }
  }
}

function grown(bytes: Uint8Array, length: number): Uint8Array {
  const larger = new Uint8Array(length);
  larger.set(bytes);
  return larger;
}

/** What is left in the journal is not of these images. */
class OtherImages extends Error {}

/** The images that the journal does not have yet. */
async function* withoutDone({ images }: StoreSource, { paths, skipped }: Journal): AsyncGenerator<Incoming> {
  const [written, left] = [paths.length, skipped.length];
  let [p, s] = [0, 0];
  for await (const image of images()) {
    if (p === written && s === left) yield image;
    else if (p < written && image.path === paths[p]) p++;
    else if (s < left && image.path === skipped[s][0]) s++;
    else throw new OtherImages();
  }
}

function cacheFailure(file: string, cause: unknown): DatadamError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DatadamError("IO", `The cache of decoded images "${file}" cannot be made: ${reason}.`, {
    cause,
    hint: "Name a folder on a disk with room for it in DATADAM_CACHE, or keep the images in memory (`store` memory).",
  });
}
