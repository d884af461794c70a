// Which files of a tree are images of which class: a pure function of the paths.

import { DatadamError } from "../../errors.ts";
import { LIMITS } from "../../limits.ts";

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

/** What a data set is where nothing else is known. */
export const LAYOUT_HINT =
  "A data set is a folder with one folder of images per class, such as flowers/rose/1.jpg and flowers/tulip/1.jpg, " +
  "or an archive of it.";

const EXTENSIONS = "png, jpg, jpeg, webp";
/** What a test part may be called, the first that is there is taken. */
export const TEST_NAMES: readonly string[] = ["test", "val", "valid", "validation"];

/** Whether a path is that of an image by its name: hidden files and what macOS adds to archives are not. */
export function isImagePath(path: string): boolean {
  return /\.(png|jpe?g|webp)$/i.test(path) && !isHidden(path);
}

/**
 * Sorts the files of a tree into parts and classes. Folders around everything (`flowers/...` in an archive) are passed
 * through.
 * @param root names the tree in messages
 * @param files paths of all files, relative to the root, with `/`
 * @param folders paths of all folders, likewise (an empty one is an error)
 * @throws DatadamError DATASET_NOT_FOUND where there is no image, INVALID_DATA where the classes are not as they must
 *   be
 */
export function findClasses(root: string, files: readonly string[], folders: readonly string[]): Layout {
  const images = files.filter(isImagePath).sort(byCodeUnits);
  if (images.length === 0) {
    throw new DatadamError("DATASET_NOT_FOUND", `"${root}" holds no images (${EXTENSIONS}).`, {
      hint: LAYOUT_HINT,
    });
  }
  const base = wrapper(images);
  const inner = folders.filter((path) => path.startsWith(base) && !isHidden(path));
  const classesIn = (prefix: string) => classFolders(prefix, images, inner);
  const testName = TEST_NAMES.find((name) => classesIn(`${base}${name}/`).size > 0);
  const parted = testName !== undefined && hasImages(classesIn(`${base}train/`));
  const train = classesIn(parted ? `${base}train/` : base);
  const test = parted ? classesIn(`${base}${testName}/`) : undefined;
  const classNames = [...train.keys()].sort(byCodeUnits);
  check(`${root}${base && `/${base.slice(0, -1)}`}${parted ? "/train" : ""}`, train, classNames);
  for (const [name, paths] of test ?? []) {
    if (!train.has(name) && paths.length > 0) {
      throw invalid(`The test part of "${root}" has the class "${name}", which the training part has not.`);
    }
  }
  const part = (classes: ReadonlyMap<string, string[]>): Part => classNames.map((name) => classes.get(name) ?? []);
  const used = new Set([...part(train), ...(test ? part(test) : [])].flat());
  const ignored = files.filter((path) => !used.has(path) && !isHidden(path)).sort(byCodeUnits);
  return { classNames, train: part(train), test: test && part(test), ignored };
}

/** The folders that all images are in, above their class folders: `""` or `a/`, `a/b/` ... */
function wrapper(images: readonly string[]): string {
  let base = "";
  for (;;) {
    const first = images[0].slice(base.length).split("/")[0];
    const next = `${base}${first}/`;
    const deep = images.some((path) => path.slice(next.length).includes("/"));
    if (!deep || !images.every((path) => path.startsWith(next))) return base;
    base = next;
  }
}

/** The folders right below `prefix` with the images right inside each. */
function classFolders(
  prefix: string,
  images: readonly string[],
  folders: readonly string[],
): ReadonlyMap<string, string[]> {
  const classes = new Map<string, string[]>();
  for (const path of folders) {
    const name = path.startsWith(prefix) ? path.slice(prefix.length) : "";
    if (name !== "" && !name.includes("/")) classes.set(name, []);
  }
  for (const path of images) {
    const parts = path.startsWith(prefix) ? path.slice(prefix.length).split("/") : [];
    if (parts.length !== 2) continue;
    const paths = classes.get(parts[0]);
    if (paths === undefined) classes.set(parts[0], [path]);
    else paths.push(path);
  }
  return classes;
}

function check(where: string, classes: ReadonlyMap<string, string[]>, names: readonly string[]): void {
  if (names.length === 0) throw invalid(`"${where}" holds no class folders with images, only images.`);
  for (const [name, paths] of classes) {
    if (paths.length === 0) throw invalid(`The class folder "${where}/${name}" holds no image (${EXTENSIONS}).`);
  }
  checkClassCount(where, names);
}

/** @throws DatadamError INVALID_DATA where there is one class, or more than labels can tell */
export function checkClassCount(where: string, names: readonly string[]): void {
  if (names.length === 1) throw invalid(`"${where}" holds only one class ("${names[0]}"); two or more are needed.`);
  if (names.length > LIMITS.classes)
    throw invalid(`"${where}" holds ${names.length} classes, more than ${LIMITS.classes}.`);
}

function hasImages(classes: ReadonlyMap<string, string[]>): boolean {
  return [...classes.values()].some((paths) => paths.length > 0);
}

function isHidden(path: string): boolean {
  return /(^|\/)(\.|__MACOSX(\/|$)|Thumbs\.db$)/.test(path);
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function invalid(message: string): DatadamError {
  return new DatadamError("INVALID_DATA", message, {
    hint:
      "Every class is a folder that holds its images: ROOT/rose/1.jpg, " +
      "or ROOT/train/rose/1.jpg and ROOT/test/rose/1.jpg.",
  });
}
