// The words that people use for the parts of a data set, its columns and its kinds of images: one table for folders,
// archives, arrays, tables, Parquet files and shards.

/** A part of a data set, whatever it is called. */
export type PartName = "train" | "val" | "test";

const PARTS: Readonly<Record<PartName, readonly string[]>> = {
  train: ["train", "training", "trn", "trainval"],
  val: ["val", "valid", "validation", "dev", "devel", "development", "eval", "evaluation"],
  test: ["test", "testing", "tst"],
};
/** Words that may stand beside that of a part, or at its end, as in `training_set` and `testdata`. */
const FILLERS = [
  "set", "sets", "split", "part", "data", "dataset", "image", "images", "img", "imgs", "picture", "pictures", "photo",
  "photos", "seg", "folder", "cropped", "resized",
]; // biome-ignore format: a list
/** Names of folders of images that belong to other images. */
const MASKS = [
  "mask", "masks", "label", "labels", "annotation", "annotations", "gt", "groundtruth", "ground", "truth",
  "segmentation", "segmentations",
]; // biome-ignore format: a list
/** Words that may stand beside those. */
const MASK_FILLERS = ["class", "object", "instance"];
/** Names of folders of images of any class. */
const IMAGES = [...FILLERS, "jpegimages", "jpeg", "jpg", "png", "input", "inputs", "original", "raw"];

const COLUMNS = {
  /** Of a path, or of an image itself. */
  image: [
    "path", "filename", "file", "filepath", "imagepath", "imgpath", "image", "img", "imagename", "imgname", "imagefile",
    "imageid", "imgid", "picture", "photo", "images", "id", "name", "jpg", "png",
  ],
  label: [
    "label", "finelabel", "coarselabel", "labels", "class", "classname", "classlabel", "classid", "cls", "category",
    "categoryname", "categoryid", "target", "targets", "labelname", "labelid", "y", "classes", "species", "breed",
  ],
  split: ["split", "part", "subset", "partition", "set", "usage", "dataset", "fold"],
} as const; // biome-ignore format: lists

/** What a column, an array or a key holds. */
export type ColumnKind = keyof typeof COLUMNS;

/** The words of a name in lower case: those of `trainData_2` are `train` and `data`. */
function wordsOf(name: string): string[] {
  const spaced = name.normalize("NFC").replace(/(\p{Ll})(?=\p{Lu})/gu, "$1 ");
  return spaced.toLowerCase().split(/[^\p{L}]+/u).filter((word) => word !== ""); // biome-ignore format: one chain
}

/** The part that one word is of: `testing`, `trainset`. */
function partOfWord(word: string): PartName | undefined {
  const parts = Object.keys(PARTS) as PartName[];
  return parts.find((part) =>
    PARTS[part].some((name) => word.startsWith(name) && ["", ...FILLERS].includes(word.slice(name.length))),
  );
}

/** The part that a name speaks of, by its last word of one: `train-00000-of-00002`, `PublicTest`. */
export function partOf(name: string): PartName | undefined {
  return wordsOf(name).map(partOfWord).findLast((part) => part !== undefined); // biome-ignore format: one chain
}

/** The part of a file: what its name speaks of, else the folders above it, from the inmost out. */
export function partOfPath(path: string): PartName | undefined {
  return path.split("/").map(partOf).findLast((part) => part !== undefined); // biome-ignore format: one chain
}

/** The part that a folder is: its name says a part and nothing else, as `Train`, `training_set`, `val2017`. */
export function partOfFolder(name: string): PartName | undefined {
  const words = wordsOf(name);
  const parts = new Set(words.map(partOfWord).filter((part) => part !== undefined));
  if (!words.every((word) => partOfWord(word) !== undefined || FILLERS.includes(word))) return undefined;
  return parts.size === 2 && parts.has("train") && parts.has("val")
    ? "train"
    : parts.size === 1
      ? [...parts][0]
      : undefined;
}

/** Whether a folder is named as one of masks or labels of other images. */
export function isMaskFolder(name: string): boolean {
  const words = wordsOf(name);
  return words.some((word) => MASKS.includes(word)) && words.every((word) => isOf(word, [...MASKS, ...MASK_FILLERS]));
}

/** Whether a folder's name says no more than that there are images in it. */
export function isImageFolder(name: string): boolean {
  const words = wordsOf(name);
  return words.length > 0 && words.every((word) => isOf(word, IMAGES));
}

/** The most usual of the names that stand for a kind of column, or the one that is given. -1 where none does. */
export function findColumn(names: readonly string[], kind: ColumnKind, given?: string): number {
  if (given !== undefined) {
    const exact = names.indexOf(given);
    return exact >= 0 ? exact : names.map(plain).indexOf(plain(given));
  }
  const known = names.map(plain);
  for (const word of COLUMNS[kind]) {
    const at = known.indexOf(word);
    if (at >= 0) return at;
  }
  return -1;
}

/** Whether the name is one of a kind of column. */
export function isColumn(name: string, kind: ColumnKind): boolean {
  return (COLUMNS[kind] as readonly string[]).includes(plain(name));
}

/** Names of a kind of column, the most usual first, for messages. */
export function usualColumns(kind: ColumnKind): string {
  return COLUMNS[kind].slice(0, 5).join(", ");
}

/** A name without what does not matter: case, spaces, signs. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

/** A word of the list; a part of a set may be said beside it. */
function isOf(word: string, list: readonly string[]): boolean {
  return list.includes(word) || partOfWord(word) !== undefined || FILLERS.includes(word);
}
