// The folders of a tree as classes: the images of a class lie in its folder, right inside or deeper.

import { counted } from "../../counted.ts";
import { DatadamError } from "../../errors.ts";
import { isImageFolder, isMaskFolder, partOfFolder } from "./words.ts";

/** What is known of a tree. */
export interface Tree {
  /** Names a folder in messages, by its prefix: `""` or `a/b/`. */
  readonly place: (prefix: string) => string;
  /** Paths of images, sorted. */
  readonly images: readonly string[];
  /** Paths of folders, empty ones too. */
  readonly folders: readonly string[];
  readonly onWarning: (message: string) => void;
  /** Paths of images that were left out, and told. */
  readonly leftOut: Set<string>;
}

/** Paths of images by the name of their class, composed (NFC). A class may have none. */
export type Classes = ReadonlyMap<string, readonly string[]>;

const SHOWN = 3;

/**
 * The folders that all images are in, above their class folders: `""` or `a/`, `a/b/` ... Images right inside one of
 * them, such as a picture beside a readme, do not count.
 */
export function outermost(prefix: string, images: readonly string[]): string {
  let base = prefix;
  for (;;) {
    const inner = images.filter((path) => path.startsWith(base) && path.slice(base.length).includes("/"));
    if (inner.length === 0) return base;
    const next = `${base}${firstFolder(inner[0], base)}/`;
    const deep = inner.some((path) => path.slice(next.length).includes("/"));
    if (!deep || !inner.every((path) => path.startsWith(next))) return base;
    base = next;
  }
}

/** The folders right below `prefix`, by their names, with the images in each at any depth. */
export function foldersIn({ images, folders }: Tree, prefix: string): ReadonlyMap<string, string[]> {
  const found = new Map<string, string[]>();
  for (const path of folders) {
    const name = path.startsWith(prefix) ? path.slice(prefix.length) : "";
    if (name !== "" && !name.includes("/")) found.set(name, []);
  }
  for (const path of images) {
    if (!path.startsWith(prefix) || !path.slice(prefix.length).includes("/")) continue;
    const name = firstFolder(path, prefix);
    const paths = found.get(name);
    if (paths === undefined) found.set(name, [path]);
    else paths.push(path);
  }
  return found;
}

/**
 * The folders right below `prefix` as classes. Masks that lie in folders of their own beside a class's images are left
 * out, aloud.
 * @throws DatadamError INVALID_DATA where it cannot be told which folders are the classes
 */
export function classesIn(tree: Tree, prefix: string): Classes {
  const classes = new Map<string, string[]>();
  const within = new Map<string, ReadonlySet<string>>();
  const masks: string[] = [];
  const deep: string[] = [];
  for (const [name, paths] of foldersIn(tree, prefix)) {
    const base = `${prefix}${name}/`;
    const inner = (path: string) => (path.indexOf("/", base.length) < 0 ? "" : firstFolder(path, base));
    const all = new Set(paths.map(inner));
    const ofMasks = [...all].some((folder) => !isMaskFolder(folder)) ? [...all].filter(isMaskFolder) : [];
    const own = paths.filter((path) => !ofMasks.includes(inner(path)));
    if (ofMasks.length > 0) for (const path of paths) if (ofMasks.includes(inner(path))) masks.push(path);
    const folders = [...all].filter((folder) => folder !== "" && !ofMasks.includes(folder));
    within.set(name, new Set(folders));
    if (folders.some((folder) => !isImageFolder(folder))) deep.push(`${name}/${folders[0]}`);
    const key = name.normalize("NFC");
    const before = classes.get(key);
    classes.set(key, before === undefined ? own : [...before, ...own]);
  }
  assertClasses(tree, prefix, within);
  if (masks.length > 0) {
    for (const path of masks) tree.leftOut.add(path);
    tree.onWarning(
      `${counted(masks.length, "image")} of "${tree.place(prefix)}" in folders of masks or labels ` +
        `${masks.length === 1 ? "was" : "were"} left out: ${some(masks)}`,
    );
  }
  if (deep.length > 0) {
    tree.onWarning(
      `Images of ${counted(deep.length, "class", "classes")} of "${tree.place(prefix)}" lie in folders within the ` +
        `class folder, and are taken as images of the class: ${some(deep)}`,
    );
  }
  return classes;
}

/** Folders in class folders that recur: parts, or the classes themselves. */
function assertClasses(tree: Tree, prefix: string, within: ReadonlyMap<string, ReadonlySet<string>>): void {
  const owners = new Map<string, string[]>();
  for (const [name, folders] of within) {
    const parts = new Set([...folders].map(partOfFolder).filter((part) => part !== undefined));
    if (parts.size > 1) {
      throw unclear(
        `"${tree.place(`${prefix}${name}/`)}" holds parts (${some([...folders])}): they lie within the classes.`,
        "Parts stand above classes: train/rose/1.jpg and test/rose/1.jpg.",
      );
    }
    for (const folder of folders) {
      const before = owners.get(folder);
      if (before === undefined) owners.set(folder, [name]);
      else before.push(name);
    }
  }
  const pairs = new Map<string, string>();
  for (const [folder, [first, second]] of owners) {
    if (second === undefined || isImageFolder(folder)) continue;
    const pair = `${first}/${second}`;
    const other = pairs.get(pair);
    pairs.set(pair, folder);
    if (other === undefined) continue;
    throw unclear(
      `The folders "${other}" and "${folder}" are in "${tree.place(`${prefix}${first}/`)}" and in ` +
        `"${tree.place(`${prefix}${second}/`)}", so it cannot be told which folders are the classes.`,
      "Put all images of a class into one folder, or name one of the folders above the classes as the data set.",
    );
  }
}

/** The name of the folder below `prefix` that a path leads through. */
function firstFolder(path: string, prefix: string): string {
  return path.slice(prefix.length, path.indexOf("/", prefix.length));
}

/** The first few of a list. */
export function some(list: readonly string[]): string {
  return list.slice(0, SHOWN).join(", ") + (list.length > SHOWN ? ", ..." : "");
}

function unclear(message: string, hint: string): DatadamError {
  return new DatadamError("INVALID_DATA", message, { hint });
}
