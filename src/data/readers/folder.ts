// Folders of class folders of images, on the disk or in an archive.

import type { Dataset } from "../../images/types.ts";
import type { FileTree } from "../archives/tree.ts";
import { decodeImage } from "../decode/decode.ts";
import { findClasses, type Layout } from "../layout/layout.ts";
import { nameSynsets } from "../layout/synsets.ts";
import type { ResolvedOptions } from "../options.ts";
import { assemble, type Sources } from "../store/assemble.ts";
import type { Place } from "./locate.ts";
import { endsAs, OF_COLUMNS, openSource, type Reader, type Source } from "./reader.ts";
import { metadataLayout } from "./tables/metadata.ts";
import { readTarImages, type TarImages } from "./tars/images.ts";

const ENDINGS = [".zip"];

export const folder: Reader = {
  about: "a folder, or a zip archive of it, that holds a folder of images for each class, or a metadata.csv",
  endings: ENDINGS,
  takes: OF_COLUMNS,
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
  /** A tar archive, where it has been read. */
  readonly tar?: TarImages;
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
  const layoutOf = async (
    files: readonly string[],
    folders: readonly string[],
    read: (path: string) => Promise<Uint8Array>,
  ) => {
    const named = arrange === nameSynsets ? await metadataLayout(root, files, read, options) : undefined;
    return named ?? arrange(findClasses(root, files, folders, options));
  };
  if (!source.isFolder && source.kind !== "zip") {
    const { tars, sources } = read ?? (await readTarImages(root, [root], options));
    const [{ files, folders, texts }] = tars;
    const layout = await layoutOf(files, folders, async (path) => texts.get(path)!);
    return assemble({ name, root, layout, ...sources, normalization }, options);
  }
  const tree = await source.tree();
  const layout = await layoutOf(tree.files, tree.folders, tree.read);
  return await assemble({ name, root, layout, ...imagesOf(tree, options.size), normalization }, options);
}
