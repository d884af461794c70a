// Folders of class folders of images, on the disk or in an archive.

import type { Dataset } from "../../images/types.ts";
import type { FileTree } from "../archives/tree.ts";
import { decodeImage } from "../decode/decode.ts";
import { findClasses, type Layout } from "../layout/layout.ts";
import { nameSynsets } from "../layout/synsets.ts";
import type { ResolvedOptions } from "../options.ts";
import { assemble, type Sources } from "../store/assemble.ts";
import type { Place } from "./locate.ts";
import { endsAs, OF_IMAGE_FILES, openSource, type Reader, type Source } from "./reader.ts";
import { readTarImages, type TarContents } from "./tarImages.ts";

const ENDINGS = [".zip"];

export const folder: Reader = {
  about: "a folder, or a zip archive of it, that holds a folder of PNG, JPEG or WebP images for each class",
  endings: ENDINGS,
  takes: OF_IMAGE_FILES,
  takesTheRest: true,
  recognises: ({ isFolder, kind, path }) => isFolder || kind === "zip" || (kind === undefined && endsAs(path, ENDINGS)),
  load: (name, source, options) => loadClassFolders(name, source, options),
};

/** The images of a tree. */
export function imagesOf(tree: FileTree, size: number): Pick<Sources, "image" | "stamp"> {
  return {
    image: async (path) => decodeImage(tree.where(path), await tree.read(path), size),
    stamp: tree.stamp,
  };
}

/** What is known of a certain set. */
interface Knowledge extends Pick<Sources, "normalization"> {
  /** Checks the layout and names its classes. Default {@link nameSynsets}. */
  readonly arrange?: (layout: Layout) => Layout;
  /** The contents of a tar archive, where it has been read. */
  readonly tar?: TarContents;
}

/** Loads class folders of a place. See {@link loadClassFolders}. */
export async function loadPlace(
  name: string,
  place: Place,
  options: ResolvedOptions,
  knowledge: Knowledge,
): Promise<Dataset> {
  const source = await openSource(place, options);
  try {
    return await loadClassFolders(name, source, options, knowledge);
  } finally {
    await source.close();
  }
}

/** Loads class folders of a folder, or of an archive (zip or tar) without unpacking it to the disk. */
export async function loadClassFolders(
  name: string,
  source: Source,
  options: ResolvedOptions,
  { arrange = nameSynsets, normalization, tar: read }: Knowledge = {},
): Promise<Dataset> {
  const root = source.path;
  if (!source.isFolder && source.kind !== "zip") {
    const tar = read ?? (await readTarImages(root, options));
    const layout = arrange(findClasses(root, tar.files, tar.folders));
    return assemble({ name, root, layout, image: async (path) => tar.images.get(path)!, normalization }, options);
  }
  const tree = await source.tree();
  const layout = arrange(findClasses(root, tree.files, tree.folders));
  return await assemble({ name, root, layout, ...imagesOf(tree, options.size), normalization }, options);
}
