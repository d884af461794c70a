// The images of tar archives. An archive is read in its own order: images are decoded before it is known where they
// belong, into memory, or, where it is large, into the cache, where they are decoded once.

import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { DatadamError } from "../../../errors.ts";
import { fileStamp } from "../../archives/tree.ts";
import { readOrSkip, type Skipped, warnSkipped } from "../../decode/corrupt.ts";
import { type DecodedImage, decodeImage } from "../../decode/decode.ts";
import type { Gathered } from "../../decode/gather.ts";
import { checkMemory } from "../../decode/pixels.ts";
import { isImagePath } from "../../layout/formats.ts";
import type { Part } from "../../layout/layout.ts";
import { eachInOrder, mapInOrder } from "../../mapInOrder.ts";
import type { ResolvedOptions } from "../../options.ts";
import type { Sources } from "../../store/assemble.ts";
import { type Incoming, openStore } from "../../store/buildStore.ts";
import { fitsMemory, partsOfStore, storeKey } from "../../store/disk.ts";
import { decodeToMemory, loadIntoMemory, onceSlow } from "../../store/memory.ts";
import { openStoreFile } from "../../store/store.ts";
import { keepListing, keptListing } from "./cache.ts";
import { imagesIn, listTar, readTar, type TarListing } from "./listing.ts";

/** Archives that are larger together are decoded into the cache where `store` is auto. */
const STORE_FROM = 64 * 2 ** 20;

/** The archives of a set, and how to get at their images. */
export interface TarImages {
  readonly tars: readonly TarListing[];
  /** Names the image at a path of an archive, as the paths of a layout do. */
  readonly idOf: (tar: TarListing, path: string) => string;
  readonly sources: Pick<Sources, "image" | "gather">;
}

/**
 * Reads archives, all of one set.
 * @param root names the set in messages: the archive, or the folder of archives
 * @throws DatadamError as {@link readTar} and {@link decodeImage}
 */
export async function readTarImages(
  root: string,
  files: readonly string[],
  options: ResolvedOptions,
): Promise<TarImages> {
  const idOf = ({ file }: Pick<TarListing, "file">, path: string) => (file === root ? path : `${file}: ${path}`);
  const set = { root, files, idOf, options };
  const bytes = (await Promise.all(files.map(async (file) => (await stat(file)).size))).reduce((a, b) => a + b, 0);
  if (options.store === "disk" || (options.store === "auto" && bytes >= STORE_FROM)) return readStored(set);
  return options.firstPerClass === undefined ? readAll(set) : readChosen(set, await listAll(set));
}

/** What all ways of reading know. */
interface TarSet {
  readonly root: string;
  readonly files: readonly string[];
  readonly idOf: (tar: Pick<TarListing, "file">, path: string) => string;
  readonly options: ResolvedOptions;
}

/** Decodes all images into memory while the archives are read once. */
async function readAll({ root, files, idOf, options }: TarSet): Promise<TarImages> {
  const images = new Map<string, DecodedImage>();
  const skipped = new Map<string, Skipped>();
  const tars: TarListing[] = [];
  let count = 0;
  const within = (): boolean => {
    checkMemory(root, ++count, [options.channels ?? 3, options.size, options.size]);
    return true;
  };
  async function* found(): AsyncGenerator<Incoming> {
    for (const file of files) tars.push(yield* incoming(file, idOf, options, within));
  }
  const decode = async ({ path, decode }: Incoming) => [path, await readOrSkip(path, options.corrupt, decode)] as const;
  const tell = onceSlow(options.onProgress);
  let done = 0;
  for await (const [id, image] of eachInOrder(found(), decode)) {
    if ("rgb" in image) images.set(id, image);
    else skipped.set(id, image);
    tell(++done, undefined);
  }
  warnSkipped(root, [...skipped.values()], options.onWarning);
  const real = realIds(tars, idOf);
  const kept = tars.map((tar) => ({ ...tar, files: tar.files.filter((path) => !skipped.has(real(idOf(tar, path)))) }));
  return { tars: kept, idOf, sources: { image: async (id) => images.get(real(id))! } };
}

/** Decodes those images alone that the parts of the set have. */
function readChosen({ root, files, idOf, options }: TarSet, tars: readonly TarListing[]): TarImages {
  const real = realIds(tars, idOf);
  const gather = async (parts: readonly Part[], channels: 1 | 3): Promise<Gathered> => {
    const wanted = new Set(parts.flat(2).map(real));
    checkMemory(root, wanted.size, [channels, options.size, options.size]);
    const images = new Map<string, () => Promise<DecodedImage>>();
    const tell = onceSlow(options.onProgress);
    async function* found(): AsyncGenerator<Incoming> {
      for (const file of files) yield* incoming(file, idOf, options, (path) => wanted.has(idOf({ file }, path)));
    }
    const decode = async ({ path, decode }: Incoming) => [path, await settled(decode())] as const;
    for await (const [id, image] of eachInOrder(found(), decode)) {
      images.set(id, image);
      tell(images.size, wanted.size);
    }
    return decodeToMemory(parts, (id) => images.get(real(id))!(), channels, options.size, options.corrupt);
  };
  return { tars, idOf, sources: { gather } };
}

/** Decodes all images into the cache, once; those of a set that fits are then read into memory. */
async function readStored(set: TarSet): Promise<TarImages> {
  const { root, files, idOf, options } = set;
  const channels = options.channels ?? 3;
  const stride = channels * options.size ** 2;
  const stamps = await Promise.all(files.map(fileStamp));
  const facts = ["tar", resolve(root), files.map((file) => resolve(file))];
  const key = storeKey([...facts, channels, options.size], [stamps]);
  const listing = storeKey(facts, [stamps]);
  const kept = await keptListing(options.cacheDir, listing, files);
  const tars = kept ?? (await listAll(set));
  const real = realIds(tars, idOf);
  async function* images(): AsyncGenerator<Incoming> {
    for (const file of files) yield* incoming(file, idOf, options, () => true);
  }
  const gather = async (parts: readonly Part[]): Promise<Gathered> => {
    const stored = partsOfStore(
      await openStore({ root, key, channels, size: options.size, total: imageCount(tars), images }, options),
      parts.map((part) => part.map((ids) => ids.map(real))),
    );
    if (kept === undefined) await keepListing(options.cacheDir, listing, tars);
    return fitsMemory(options, parts.flat(2).length * stride) ? loadIntoMemory(stored) : stored;
  };
  const isMade = () => openStoreFile(join(options.cacheDir, `images-${key}`), { key, stride }) !== undefined;
  if (options.firstPerClass !== undefined && !isMade()) return readChosen(set, tars);
  return { tars, idOf, sources: { gather: options.store === "disk" ? gather : withoutCache(set, tars, gather) } };
}

/** What is done where the cache cannot be written: images are decoded into memory. */
function withoutCache(
  set: TarSet,
  tars: readonly TarListing[],
  gather: (parts: readonly Part[]) => Promise<Gathered>,
): NonNullable<Sources["gather"]> {
  return (parts, channels) =>
    gather(parts).catch((error) => {
      if (!(error instanceof DatadamError && error.code === "IO")) throw error;
      set.options.onWarning(`${error.message} Images are decoded into memory instead, each time anew`);
      return readChosen(set, tars).sources.gather!(parts, channels);
    });
}

function listAll({ files, options }: TarSet): Promise<TarListing[]> {
  return mapInOrder(files, (file) => listTar(file, options.maxArchiveBytes), 2);
}

function imageCount(tars: readonly TarListing[]): number {
  return tars.reduce((sum, tar) => sum + imagesIn(tar).length - [...tar.links.keys()].filter(isImagePath).length, 0);
}

/** The wanted images of an archive, to be decoded. */
async function* incoming(
  file: string,
  idOf: TarSet["idOf"],
  { maxArchiveBytes, size }: ResolvedOptions,
  wanted: (path: string) => boolean,
): AsyncGenerator<Incoming, TarListing> {
  const reading = readTar(file, maxArchiveBytes, wanted);
  for (let next = await reading.next(); ; next = await reading.next()) {
    if (next.done === true) return next.value;
    const [path, bytes] = next.value;
    yield { path: idOf({ file }, path), decode: () => decodeImage(`${file}: ${path}`, bytes, size) };
  }
}

/** From the image of a link to the image that it stands for. */
function realIds(tars: readonly TarListing[], idOf: TarSet["idOf"]): (id: string) => string {
  const real = new Map(tars.flatMap((tar) => [...tar.links].map(([path, to]) => [idOf(tar, path), idOf(tar, to)])));
  return (id) => real.get(id) ?? id;
}

/** A failure that is kept until it is asked for. */
async function settled<T>(work: Promise<T>): Promise<() => Promise<T>> {
  const [result] = await Promise.allSettled([work]);
  return async () => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  };
}
