// WebDataset shards: tar archives in which the files of an example have the same name up to its first dot, as 17.jpg
// and 17.cls.
// https://github.com/webdataset/webdataset

import { DatadamError } from "../../errors.ts";
import type { Dataset } from "../../images/types.ts";
import type { FileTree } from "../archives/tree.ts";
import type { DecodedImage } from "../decode/decode.ts";
import { sortedClasses } from "../layout/classNames.ts";
import { checkClassCount, isImagePath, TEST_NAMES } from "../layout/layout.ts";
import type { ResolvedOptions } from "../options.ts";
import { assemble, type Sources } from "../store/assemble.ts";
import { OF_IMAGE_FILES, type Reader } from "./reader.ts";
import { readTarImages, type TarContents } from "./tarImages.ts";

/** An example of a shard. */
interface Example {
  /** The image, with its shard. */
  readonly path: string;
  readonly image: DecodedImage;
  readonly label: string;
  readonly test: boolean;
}

export const webDataset: Reader = {
  about: "a folder of WebDataset shards",
  endings: [],
  takes: OF_IMAGE_FILES,
  recognises: async (source) => source.isFolder && shardsOf(await source.tree()).length > 0,
  load: async (name, source, options) => loadShards(name, await source.tree(), options),
};

/** The tar archives of a folder that holds no images. Empty where it is not a folder of shards. */
function shardsOf(tree: FileTree): string[] {
  if (tree.files.some(isImagePath)) return [];
  return tree.files.filter((path) => /\.(tar|tar\.gz|tgz)$/i.test(path) && !/(^|\/)\./.test(path)).sort();
}

/**
 * Loads the shards of a folder. A word test, val, valid or validation in a shard's path makes it one of the test part.
 */
async function loadShards(name: string, tree: FileTree, options: ResolvedOptions): Promise<Dataset> {
  const examples: Example[] = [];
  for (const shard of shardsOf(tree)) {
    const words = shard.toLowerCase().split(/[^a-z]+/);
    const tar = await readTarImages(tree.where(shard), options, examples.length);
    if (!isWebDataset(tar)) throw invalid(`"${tar.file}" holds no images with labels (.cls or .json beside them).`);
    const test = words.some((word) => TEST_NAMES.includes(word));
    for (const example of examplesOf(tar, test)) examples.push(example);
  }
  return assemble({ name, ...sourcesOf(tree.root, examples) }, options);
}

/** Loads a single shard that has been read. */
export function loadShard(name: string, tar: TarContents, options: ResolvedOptions): Promise<Dataset> {
  return assemble({ name, ...sourcesOf(tar.file, examplesOf(tar, false)) }, options);
}

/** Whether some image of the archive has a label beside it. */
export function isWebDataset(tar: TarContents): boolean {
  return [...tar.images.keys()].some((path) => labelOf(tar, keyOf(path)) !== undefined);
}

function examplesOf(tar: TarContents, test: boolean): Example[] {
  const seen = new Set<string>();
  const examples: Example[] = [];
  for (const [path, image] of tar.images) {
    const key = keyOf(path);
    if (!/^\.\w+$/.test(path.slice(key.length))) continue; // 17.mask.png is not an example by itself
    const at = `"${tar.file}: ${path}"`;
    if (seen.has(key)) throw invalid(`${at} is the second image of "${key}".`);
    seen.add(key);
    const label = labelOf(tar, key);
    if (label === undefined) throw invalid(`${at} has no label: ${key}.cls, or "label" or "cls" in ${key}.json.`);
    examples.push({ path: `${tar.file}: ${path}`, image, label, test });
  }
  return examples;
}

function sourcesOf(root: string, examples: readonly Example[]): Omit<Sources, "name"> {
  const classNames = sortedClasses(examples.filter(({ test }) => !test).map(({ label }) => label));
  if (classNames.length === 0) throw invalid(`"${root}" holds no images for training.`);
  checkClassCount(root, classNames);
  const classOf = new Map(classNames.map((label, c) => [label, c]));
  const images = new Map<string, DecodedImage>();
  const train = classNames.map((): string[] => []);
  const test = classNames.map((): string[] => []);
  for (const { path, image, label, ...example } of examples) {
    const c = classOf.get(label);
    if (c === undefined) throw invalid(`"${path}" has the label "${label}", which no training image has.`);
    (example.test ? test : train)[c].push(path);
    images.set(path, image);
  }
  const tested = test.some((paths) => paths.length > 0) ? test : undefined;
  const image = async (path: string) => images.get(path)!;
  return { root, layout: { classNames, train, test: tested, ignored: [] }, image };
}

/** The path up to the first dot of the file's name. */
function keyOf(path: string): string {
  return path.slice(0, path.indexOf(".", path.lastIndexOf("/") + 1));
}

/** What `.cls` says, else `label` or `cls` of `.json`: a number or a name. */
function labelOf({ texts }: TarContents, key: string): string | undefined {
  const cls = texts.get(`${key}.cls`)?.trim();
  if (cls) return cls;
  const json = texts.get(`${key}.json`);
  const value = json === undefined ? undefined : fieldOf(json);
  return typeof value === "number" || (typeof value === "string" && value !== "") ? String(value) : undefined;
}

function fieldOf(json: string): unknown {
  try {
    const value = JSON.parse(json) as { label?: unknown; cls?: unknown } | null;
    return value?.label ?? value?.cls;
  } catch {
    return undefined;
  }
}

function invalid(message: string): DatadamError {
  return new DatadamError("INVALID_DATA", message, {
    hint:
      "Shards hold 1.jpg with its label in 1.cls, or in 1.json as label or cls. " +
      "Give any other archive by its own path.",
  });
}
