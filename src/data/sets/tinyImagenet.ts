// Tiny ImageNet as published for Stanford's course CS231n: 64 x 64 JPEGs of 200 classes, 500 training and 50 validation
// images each. The validation part is the test part here, since the published test part has no labels.

import { counted } from "../../counted.ts";
import { DatadamError } from "../../errors.ts";
import type { TestedDataset } from "../../images/types.ts";
import type { FileTree } from "../archives/tree.ts";
import { isImagePath } from "../layout/formats.ts";
import type { Layout } from "../layout/layout.ts";
import type { ResolvedOptions } from "../options.ts";
import { imagesOf } from "../readers/folder.ts";
import { locate } from "../readers/locate.ts";
import { openSource } from "../readers/reader.ts";
import { assemble } from "../store/assemble.ts";
import { IMAGENET_NORMALIZATION } from "./imagenet/normalization.ts";
import { getHint } from "./publishedSet.ts";
import { namedSet, OF_IMAGE_FILES } from "./set.ts";

const URL = "http://cs231n.stanford.edu/tiny-imagenet-200.zip";

const FOLDER = "tiny-imagenet-200";
const HINT = getHint(`${FOLDER}.zip`, URL);

export const tinyImagenet = namedSet({
  name: "tiny-imagenet",
  about: `Tiny ImageNet, 64 x 64 RGB, 100,000 training and 10,000 validation images of 200 classes; from ${URL}`,
  counts: [100_000, 10_000],
  takes: OF_IMAGE_FILES,
  defaults: { size: 64, channels: 3 },
  telltale: /(^|\/)wnids\.txt$/,
  downloads: [{ url: URL, bytes: 248_100_043, md5: "90528d7ca1a48142e341f4ef8d21d0de" }],
  load: loadTinyImagenet,
});

/**
 * Classes in the order of `wnids.txt`, named by the first name in `words.txt`; grey images become RGB. Fewer classes or
 * images than the published ones are accepted, as long as the lists and the images agree.
 * @throws DatadamError INVALID_OPTION without `dir`, DATASET_NOT_FOUND where the set is not there, INVALID_DATA where
 *   it is damaged
 */
async function loadTinyImagenet(options: ResolvedOptions): Promise<TestedDataset> {
  const place = await locate("tiny-imagenet", options.dir, [FOLDER, `${FOLDER}.zip`], HINT);
  const source = await openSource(place, options);
  try {
    const tree = await source.tree();
    const sources = { name: "tiny-imagenet", root: tree.root, layout: await layoutOf(tree) };
    const normalization = IMAGENET_NORMALIZATION;
    return (await assemble({ ...sources, ...imagesOf(tree, options.size), normalization }, options)) as TestedDataset;
  } finally {
    await source.close();
  }
}

async function layoutOf(tree: FileTree): Promise<Layout & { test: Layout["train"] }> {
  const base = baseOf(tree);
  const wnids = lines(await text(tree, `${base}wnids.txt`));
  if (wnids.length < 2)
    throw invalid(
      `"${tree.where(`${base}wnids.txt`)}" has ${counted(wnids.length, "class", "classes")}; two or more are needed.`,
    );
  const classOf = new Map(wnids.map((wnid, c) => [wnid, c]));
  if (classOf.size < wnids.length) {
    const twice = wnids.find((wnid, c) => classOf.get(wnid) !== c);
    throw invalid(`"${tree.where(`${base}wnids.txt`)}" names ${twice} twice.`);
  }
  const classNames = namesOf(wnids, lines(await text(tree, `${base}words.txt`)), tree.where(`${base}words.txt`));
  const images = tree.files.filter((path) => path.startsWith(base) && isImagePath(path)).sort();
  const train = trainPaths(tree, base, images, classOf);
  return { classNames, train, test: await valPaths(tree, base, images, classOf), ignored: [] };
}

/** The folder of the tree that holds `wnids.txt`, with its slash. */
function baseOf(tree: FileTree): string {
  const found = tree.files.filter((path) => /(^|\/)wnids\.txt$/.test(path)).sort((a, b) => a.length - b.length);
  if (found.length > 0) return found[0].slice(0, -"wnids.txt".length);
  throw new DatadamError("DATASET_NOT_FOUND", `"${tree.root}" does not hold Tiny ImageNet: wnids.txt is missing.`, {
    hint: HINT,
  });
}

/** `train/<wnid>/images/<image>`, or without `images`. */
function trainPaths(
  tree: FileTree,
  base: string,
  images: readonly string[],
  classOf: ReadonlyMap<string, number>,
): string[][] {
  const train = Array.from(classOf, (): string[] => []);
  for (const path of images) {
    const [part, wnid, ...rest] = path.slice(base.length).split("/");
    if (part !== "train" || rest.length === 0 || rest.length > 2 || (rest.length === 2 && rest[0] !== "images"))
      continue;
    const c = classOf.get(wnid);
    if (c === undefined) throw invalid(`"${tree.where(path)}" is of the class ${wnid}, which wnids.txt does not name.`);
    train[c].push(path);
  }
  for (const [wnid, c] of classOf) {
    if (train[c].length === 0) throw invalid(`"${tree.where(`${base}train/${wnid}/images`)}" holds no image.`);
  }
  return train;
}

/**
 * `val/images/<image>`, whose classes `val/val_annotations.txt` names, a line each: image, wnid, box; or, as many sort
 * them, `val/<wnid>/<image>` or `val/<wnid>/images/<image>`.
 */
async function valPaths(
  tree: FileTree,
  base: string,
  images: readonly string[],
  classOf: ReadonlyMap<string, number>,
): Promise<string[][]> {
  const list = `${base}val/val_annotations.txt`;
  const left = new Set(images.filter((path) => path.startsWith(`${base}val/images/`)));
  const val = Array.from(classOf, (): string[] => []);
  for (const path of images) {
    const [part, wnid, ...rest] = path.slice(base.length).split("/");
    if (part !== "val" || wnid === "images" || rest.length === 0) continue;
    const c = classOf.get(wnid);
    if (c === undefined) throw invalid(`"${tree.where(path)}" is of the class ${wnid}, which wnids.txt does not name.`);
    val[c].push(path);
  }
  const sorted = val.some((paths) => paths.length > 0);
  if (sorted && left.size === 0) return val.map((paths) => paths.sort());
  for (const [i, line] of lines(await text(tree, list)).entries()) {
    const [name, wnid] = line.split("\t");
    const c = classOf.get(wnid);
    const path = `${base}val/images/${name}`;
    const at = `Line ${i + 1} of "${tree.where(list)}"`;
    if (c === undefined) throw invalid(`${at} names the class "${wnid}", which wnids.txt does not name.`);
    if (left.delete(path)) val[c].push(path);
    else if (!sorted) throw invalid(`${at} names "${name}", which is not in val/images, or was named before.`);
  }
  const [unnamed] = left;
  if (unnamed !== undefined) throw invalid(`"${tree.where(list)}" does not name the class of "${unnamed}".`);
  const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
  return val.map((paths) => paths.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)));
}

/** The first name of each class, with its wnid where another class has the same. */
function namesOf(wnids: readonly string[], words: readonly string[], where: string): string[] {
  const names = new Map(words.map((line) => line.split("\t", 2) as [string, string | undefined]));
  const first = wnids.map((wnid) => {
    const name = names.get(wnid)?.split(",")[0].trim();
    if (!name) throw invalid(`"${where}" has no name for ${wnid}.`);
    return name;
  });
  return first.map((name, c) => (first.indexOf(name) === first.lastIndexOf(name) ? name : `${name} (${wnids[c]})`));
}

async function text(tree: FileTree, path: string): Promise<string> {
  if (tree.files.includes(path)) return new TextDecoder().decode(await tree.read(path));
  throw new DatadamError("DATASET_NOT_FOUND", `"${tree.where(path)}" is missing.`, { hint: HINT });
}

function lines(content: string): string[] {
  return content.split(/\r?\n/).filter((line) => line.trim() !== "");
}

function invalid(message: string): DatadamError {
  return new DatadamError("INVALID_DATA", message, { hint: `It may be cut off or damaged. ${HINT}` });
}
