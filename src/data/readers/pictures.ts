// Pictures beside the Parquet files or shards of a set, such as one of a readme, told from folders of classes.

import { counted } from "../../counted.ts";
import type { FileTree } from "../archives/tree.ts";
import { isImagePath } from "../layout/formats.ts";
import { isImageFolder } from "../layout/words.ts";
import type { ResolvedOptions } from "../options.ts";

const ASIDE =
  /^(assets?|docs?|figures?|figs?|media|static|thumbnails?|previews?|samples?|examples?|plots?|screenshots?|\..*)$/i;

/**
 * What the images of a tree are: none, pictures, or those of classes, which lie in two folders or more.
 */
export function picturesOf(tree: FileTree): "none" | "pictures" | "classes" {
  const images = tree.files.filter(isImagePath);
  const folders = new Set(
    images
      .map((path) => path.split("/").slice(0, -1))
      .filter(isClassLike)
      .map((path) => path.join("/")),
  );
  return images.length === 0 ? "none" : folders.size < 2 ? "pictures" : "classes";
}

/** Warns of pictures beside what is read instead. */
export function warnOfPictures(tree: FileTree, what: string, { onWarning }: ResolvedOptions): void {
  const images = tree.files.filter(isImagePath);
  if (images.length === 0) return;
  const some = images.slice(0, 3).join(", ") + (images.length > 3 ? ", ..." : "");
  onWarning(
    `"${tree.root}" is read as ${what}; ${counted(images.length, "image")} beside them ` +
      `${images.length === 1 ? "was" : "were"} left out: ${some}`,
  );
}

/** Whether a folder, given by its names, may be a class. */
function isClassLike(folders: readonly string[]): boolean {
  return folders.length > 0 && !folders.some((name) => ASIDE.test(name)) && !isImageFolder(folders.at(-1)!);
}
