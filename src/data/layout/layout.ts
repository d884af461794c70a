// Which files of a tree are images of which class: a pure function of the paths.

import { counted } from "../../counted.ts";
import { DatadamError } from "../../errors.ts";
import { LIMITS } from "../../limits.ts";
import type { ResolvedOptions } from "../options.ts";
import { type Classes, classesIn, foldersIn, outermost, some, type Tree } from "./folders.ts";
import { EXTENSIONS, isHidden, isImagePath, isUnreadPath } from "./formats.ts";
import { rolesOf } from "./parts.ts";
import { isImageFolder, isMaskFolder, type PartName, partOfFolder } from "./words.ts";

/** The images of one part, one sorted list of paths a class, in the order of {@link Layout.classNames}. */
export type Part = readonly (readonly string[])[];

/** What {@link findClasses} made of a tree. */
export interface Layout {
  readonly classNames: readonly string[];
  readonly train: Part;
  /** Absent where the tree has no test part. Classes without a test image have an empty list. */
  readonly test: Part | undefined;
  /** Files that are in no class or no images. */
  readonly ignored: readonly string[];
}

/** What decides how a tree is taken, and who is told. */
type Options = Pick<ResolvedOptions, "valPart" | "onWarning">;
type FoldersOfParts = Readonly<Record<PartName, readonly string[]>>;

/** What a data set is where nothing else is known. */
export const LAYOUT_HINT =
  "A data set is a folder with one folder of images per class, such as flowers/rose/1.jpg and flowers/tulip/1.jpg, " +
  "or an archive of it.";

/** The name of an image and what makes another's a mask of it. */
const MASK = /^(.+)[_-](?:mask|seg|gt|label)(?:_\d+)?\.\w+$/i;
const PART_NAMES = ["train", "val", "test"] as const;

/**
 * Sorts the files of a tree into parts and classes. Folders around everything (`flowers/...` in an archive) are passed
 * through. Class names are composed (NFC), so that a name that two systems write with other code points is one class.
 * @param root names the tree in messages
 * @param files paths of all files, relative to the root, with `/`
 * @param folders paths of all folders, likewise (an empty one is an error)
 * @throws DatadamError DATASET_NOT_FOUND where there is no image, INVALID_DATA where the classes are not as they must
 *   be, or where folders that are no classes hold the images
 */
export function findClasses(
  root: string,
  files: readonly string[],
  folders: readonly string[],
  options: Options,
): Layout {
  const images = files.filter(isImagePath).sort(byCodeUnits);
  if (images.length === 0) throw noImages(root, files);
  const place = (prefix: string) => (prefix === "" ? root : `${root}/${prefix.slice(0, -1)}`);
  const visible = folders.filter((path) => !isHidden(path));
  const tree: Tree = { place, images, folders: visible, onWarning: options.onWarning, leftOut: new Set() };
  const base = outermost("", images);
  const parts = partsIn(tree, base, files);
  let [train, test]: [Classes, Classes] = [new Map(), new Map()];
  if (parts === undefined) train = classesIn(tree, base);
  else [train, test] = classesOfParts(tree, base, parts, options);
  const where = place(parts === undefined ? base : `${base}${parts.train[0]}/`);
  const classNames = [...train.keys()].sort(byCodeUnits);
  check(where, train, classNames, files);
  for (const [name, paths] of test) {
    if (!train.has(name) && paths.length > 0) {
      throw invalid(`The test part of "${root}" has the class "${name}", which the training part has not.`);
    }
  }
  const part = (classes: Classes): Part => classNames.map((name) => [...(classes.get(name) ?? [])].sort(byCodeUnits));
  const tested = [...test.values()].some((paths) => paths.length > 0);
  const layout = { classNames, train: part(train), test: tested ? part(test) : undefined };
  const used = new Set([...layout.train, ...(layout.test ?? [])].flat());
  const rest = files.filter((path) => !used.has(path) && !isHidden(path) && !tree.leftOut.has(path));
  warnOfUnread(root, rest.filter(isUnreadPath), options);
  warnOfMasks(root, [...used], options);
  return { ...layout, ignored: rest.filter((path) => !isUnreadPath(path)).sort(byCodeUnits) };
}

/**
 * The folders of each part right below `base`; undefined where the folders are classes.
 * @throws DatadamError INVALID_DATA where they are neither
 */
function partsIn(tree: Tree, base: string, files: readonly string[]): FoldersOfParts | undefined {
  const filled = [...foldersIn(tree, base)].filter(([, paths]) => paths.length > 0).map(([name]) => name);
  const of = (part: PartName) => filled.filter((name) => partOfFolder(name) === part);
  const parts = { train: of("train"), val: of("val"), test: of("test") };
  const named = PART_NAMES.filter((part) => parts[part].length > 0);
  const where = tree.place(base);
  const classed = (name: string) => {
    const folders = foldersIn(tree, outermost(`${base}${name}/`, tree.images));
    return [...folders].some(([inner, paths]) => paths.length > 0 && !isImageFolder(inner) && !isMaskFolder(inner));
  };
  const list = (names: readonly string[]) => some(names.map((name) => `"${name}"`));
  if (named.length > 1 && parts.train.some(classed)) return parts;
  if (named.length > 1) {
    const names = named.flatMap((part) => parts[part]);
    if (parts.train.length === 0 && names.some(classed)) {
      throw invalid(`"${where}" holds ${list(names)}, but no training part.`);
    }
    throw loose(
      `"${where}" holds parts (${list(names)}), not classes, and their images are in no class folders.`,
      files,
    );
  }
  const kinds = filled.filter((name) => isMaskFolder(name) || isImageFolder(name));
  if (filled.length > 1 && kinds.length === filled.length) {
    throw loose(`"${where}" holds ${list(filled)}: kinds of images, not classes.`, files);
  }
  const [part] = named;
  if (part === undefined || filled.length === 1) return undefined;
  const [name] = parts[part];
  if (classed(name)) {
    const others = filled.filter((other) => other !== name);
    throw invalid(
      `"${where}" holds "${name}", which looks like a part with classes of its own, beside ${list(others)}.`,
      `Name "${tree.place(`${base}${name}/`)}" as the data set, or put the other classes into a part too.`,
    );
  }
  tree.onWarning(`"${tree.place(`${base}${name}/`)}" is taken for a class named "${name}", not for a part`);
  return undefined;
}

/** The classes for training and those for testing. */
function classesOfParts(tree: Tree, base: string, parts: FoldersOfParts, options: Options): [Classes, Classes] {
  const read = (names: readonly string[]): Classes =>
    join(names.map((name) => classesIn(tree, outermost(`${base}${name}/`, tree.images))));
  const train = read(parts.train);
  const classes = { train, val: labelled("val"), test: labelled("test") };
  const counts = { train: countOf(train), val: countOf(classes.val), test: countOf(classes.test) };
  const roles = rolesOf(tree.place(base), counts, options);
  for (const part of PART_NAMES) {
    if (roles[part] === undefined) for (const path of [...classes[part].values()].flat()) tree.leftOut.add(path);
  }
  const taken = (role: "train" | "test") =>
    join(PART_NAMES.filter((part) => roles[part] === role).map((part) => classes[part]));
  return [taken("train"), taken("test")];

  /** The classes of a part; none, aloud, where its images have no labels. */
  function labelled(part: "val" | "test"): Classes {
    const folders = parts[part];
    if (folders.length === 0) return new Map();
    const found = read(folders);
    const filled = [...found].filter(([, paths]) => paths.length > 0).map(([name]) => name);
    if (filled.length > 1 || filled.some((name) => train.has(name))) return found;
    const all = tree.images.filter((path) => folders.some((name) => path.startsWith(`${base}${name}/`)));
    for (const path of all) tree.leftOut.add(path);
    const what = filled.length === 0 ? "has no class folders" : `has the folder "${filled[0]}" only, which is no class`;
    tree.onWarning(
      `"${tree.place(`${base}${folders[0]}/`)}" ${what}, so its ${counted(all.length, "image")} ` +
        `${all.length === 1 ? "has no label and was" : "have no labels and were"} left out`,
    );
    return new Map();
  }
}

function join(list: readonly Classes[]): Classes {
  const all = new Map<string, readonly string[]>();
  for (const classes of list) {
    for (const [name, paths] of classes) all.set(name, [...(all.get(name) ?? []), ...paths]);
  }
  return all;
}

function countOf(classes: Classes): number {
  return [...classes.values()].reduce((sum, { length }) => sum + length, 0);
}

function check(where: string, classes: Classes, names: readonly string[], files: readonly string[]): void {
  if (names.length === 0) throw loose(`"${where}" holds no class folders with images, only images.`, files);
  for (const [name, paths] of classes) {
    if (paths.length > 0) continue;
    const unread = files.filter((path) => isUnreadPath(path) && path.split("/").at(-2)?.normalize("NFC") === name);
    const why = unread.length === 0 ? "" : `; of formats that are not read are ${some(unread)}`;
    throw invalid(`The class folder "${where}/${name}" holds no image that is read (${EXTENSIONS})${why}.`);
  }
  if (names.length === 1 && isImageFolder(names[0])) {
    throw loose(`"${where}" holds images in the folder "${names[0]}", not in class folders.`, files);
  }
  checkClassCount(where, names);
}

/** @throws DatadamError INVALID_DATA where there is one class, or more than labels can tell */
export function checkClassCount(where: string, names: readonly string[]): void {
  if (names.length === 1) throw invalid(`"${where}" holds only one class ("${names[0]}"); two or more are needed.`);
  if (names.length > LIMITS.classes)
    throw invalid(`"${where}" holds ${names.length} classes, more than ${LIMITS.classes}.`);
}

function warnOfUnread(root: string, unread: readonly string[], { onWarning }: Options): void {
  if (unread.length === 0) return;
  const were =
    unread.length === 1 ? "is of a format that is not read, and was" : "are of formats that are not read, and were";
  onWarning(
    `${counted(unread.length, "file")} of "${root}" ${were} left out: ${some(unread)} (read are ${EXTENSIONS})`,
  );
}

/** Images named as masks of others beside them, such as `1_mask.png` beside `1.png`. */
function warnOfMasks(root: string, used: readonly string[], { onWarning }: Options): void {
  const named = used.filter((path) => MASK.test(path));
  if (named.length === 0) return;
  const stems = new Set(used.map((path) => path.replace(/\.\w+$/, "")));
  const masks = named.filter((path) => stems.has(MASK.exec(path)![1]));
  if (masks.length === 0) return;
  const [seem, are] = masks.length === 1 ? ["seems to be a mask", "is"] : ["seem to be masks", "are"];
  onWarning(
    `${counted(masks.length, "image")} of "${root}" ${seem} of others, but ${are} read as images: ${some(masks)}`,
  );
}

function noImages(root: string, files: readonly string[]): DatadamError {
  const unread = files.filter(isUnreadPath);
  const why =
    unread.length === 0 ? "" : `, but ${counted(unread.length, "file")} of formats that are not read: ${some(unread)}`;
  return new DatadamError("DATASET_NOT_FOUND", `"${root}" holds no images (${EXTENSIONS})${why}.`, {
    hint: unread.length === 0 ? LAYOUT_HINT : "Convert them to PNG or JPEG.",
  });
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function invalid(message: string, hint?: string): DatadamError {
  return new DatadamError("INVALID_DATA", message, {
    hint:
      hint ??
      "Every class is a folder that holds its images: ROOT/rose/1.jpg, or ROOT/train/rose/1.jpg and " +
        "ROOT/test/rose/1.jpg.",
  });
}

/** The error of images that are in no class folder: a table may have their labels. */
function loose(message: string, files: readonly string[]): DatadamError {
  const tables = files.filter((path) => /\.(csv|tsv|jsonl?|xlsx?|parquet)$/i.test(path) && !isHidden(path));
  const beside = tables.length === 0 ? "" : ` Do ${some(tables)} have the labels? Name the .csv as the data set.`;
  return invalid(
    message,
    "Put the images of each class into a folder of its own (ROOT/train/rose/1.jpg), or name them with their labels " +
      `in a .csv of path,label, or in a metadata.csv of file_name,label beside them.${beside}`,
  );
}
