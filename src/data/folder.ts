// Folders of class folders of images, on the disk or in an archive, to a data set.

import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { DatadamError } from "../errors.ts";
import type { Dataset, ImageSet, Normalization } from "../images/types.ts";
import { readArchive } from "./archive.ts";
import { type DecodedImage, decodeImage, writePlanes } from "./decode.ts";
import { findClasses, isImagePath, type Layout, type Part } from "./layout.ts";
import type { FolderOptions } from "./options.ts";
import { channelStatistics, checkMemory, sharedBytes, sharedLabels } from "./pixels.ts";
import { splitClasses } from "./split.ts";

const AT_ONCE = 8; // images being decoded
const DEPTH = 4; // wrapper/part/class/image
const MAX_IMAGE_BYTES = 128 * 2 ** 20;

/** Loads a folder on the disk. Symbolic links are followed. See `loadDataset`. */
export async function loadFolder(name: string, root: string, options: FolderOptions): Promise<Dataset> {
  const files: string[] = [];
  const folders: string[] = [];
  await list(root, "", files, folders);
  const layout = parts(root, findClasses(root, files, folders), options);
  const used = [...layout.train, ...(layout.test ?? [])].flat();
  checkMemory(root, used.length, [options.channels ?? 3, options.size, options.size]);
  const decoded = await mapInOrder(used, async (path) =>
    decodeImage(join(root, path), await read(join(root, path)), options.size),
  );
  return assemble(name, layout, new Map(used.map((path, i) => [path, decoded[i]])), options);
}

/** Loads a tar archive, plain or gzipped, without unpacking it to the disk. See `loadDataset`. */
export async function loadArchive(name: string, file: string, options: FolderOptions): Promise<Dataset> {
  const files: string[] = [];
  const folders: string[] = [];
  const limits = { maxBytes: options.maxArchiveBytes, maxFileBytes: MAX_IMAGE_BYTES, want: isImagePath };
  async function* images(): AsyncGenerator<readonly [path: string, bytes: Uint8Array]> {
    const seen = new Set<string>();
    for await (const { path, folder, bytes } of readArchive(file, limits)) {
      (folder ? folders : files).push(path);
      if (folder || !isImagePath(path)) continue;
      if (seen.has(path)) throw new DatadamError("INVALID_DATA", `The archive "${file}" holds "${path}" twice.`);
      seen.add(path);
      checkMemory(file, seen.size, [options.channels ?? 3, options.size, options.size]);
      yield [path, bytes];
    }
  }
  const decoded = await mapInOrder(images(), async ([path, bytes]) => {
    return [path, await decodeImage(`${file}: ${path}`, bytes, options.size)] as const;
  });
  return assemble(name, parts(file, findClasses(file, files, folders), options), new Map(decoded), options);
}

/** Splits where that was asked for, and tells what was left out. */
function parts(root: string, layout: Layout, { split, seed, onWarning }: FolderOptions): Layout {
  const { classNames, ignored, test } = layout;
  if (ignored.length > 0) {
    const some = ignored.slice(0, 3).join(", ") + (ignored.length > 3 ? ", ..." : "");
    onWarning(`${ignored.length} files of "${root}" were left out, as they are not images in a class folder: ${some}`);
  }
  const untested = classNames.filter((_, c) => test?.[c].length === 0);
  if (untested.length > 0) onWarning(`The test part of "${root}" has no image of ${untested.join(", ")}.`);
  if (split === undefined) return layout;
  if (test === undefined) return { ...layout, ...splitClasses(layout, split, seed) };
  onWarning(`"${root}" has a test part of its own, so it was not split.`);
  return layout;
}

function assemble(
  name: string,
  { classNames, train, test }: Layout,
  images: ReadonlyMap<string, DecodedImage>,
  options: FolderOptions,
): Dataset {
  const used = [...train, ...(test ?? [])].flat();
  const channels = options.channels ?? (used.every((path) => images.get(path)!.grey) ? 1 : 3);
  const shape = [channels, options.size, options.size] as const;
  const fill = (part: Part): Pick<ImageSet, "count" | "labels" | "pixels"> => {
    const count = part.reduce((sum, paths) => sum + paths.length, 0);
    const stride = channels * options.size ** 2;
    const [labels, pixels] = [sharedLabels(count), sharedBytes(count * stride)];
    let n = 0;
    for (const [c, paths] of part.entries()) {
      for (const path of paths) {
        labels[n] = c;
        writePlanes(images.get(path)!, channels, pixels.subarray(n * stride, ++n * stride));
      }
    }
    return { count, labels, pixels };
  };
  const filled = fill(train);
  const normalization: Normalization = channelStatistics(filled.pixels, shape);
  const common = { shape, classNames, normalization, flippable: options.flippable };
  return {
    name,
    train: { name: `${name}/train`, ...common, ...filled },
    test: test && { name: `${name}/test`, ...common, ...fill(test) },
  };
}

async function list(root: string, base: string, files: string[], folders: string[]): Promise<void> {
  const entries = await readdir(join(root, base)).catch((cause) => {
    throw new DatadamError("IO", `The folder "${join(root, base)}" cannot be read: ${cause.message}`, { cause });
  });
  for (const entry of entries) {
    const path = base === "" ? entry : `${base}/${entry}`;
    const info = await stat(join(root, path)).catch(() => undefined); // undefined: a link to nowhere
    if (!info?.isDirectory()) files.push(path);
    else {
      folders.push(path);
      if (path.split("/").length < DEPTH && !entry.startsWith(".")) await list(root, path, files, folders);
    }
  }
}

async function read(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause) => {
    throw new DatadamError("INVALID_DATA", `"${path}" cannot be read: ${cause.message}`, { cause });
  });
}

/** Maps with a few at once; results in order, and the first failure in order is the one thrown. */
async function mapInOrder<T, R>(source: Iterable<T> | AsyncIterable<T>, map: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const pending: Promise<R>[] = [];
  for await (const item of source) {
    const result = map(item);
    result.catch(() => {}); // told below, when its turn comes
    pending.push(result);
    if (pending.length === AT_ONCE) results.push(await pending.shift()!);
  }
  for (const result of pending) results.push(await result);
  return results;
}
