// Folders of class folders of images, on the disk or in an archive, to a data set.

import { DatadamError } from "../errors.ts";
import type { Dataset } from "../images/types.ts";
import { readArchive } from "./archive.ts";
import { isZip } from "./archiveFile.ts";
import { assemble, MAX_IMAGE_BYTES, mapInOrder, type Sources } from "./assemble.ts";
import { decodeImage } from "./decode.ts";
import { nameSynsets } from "./imagenet.ts";
import { findClasses, isImagePath, type Layout } from "./layout.ts";
import type { Place } from "./locate.ts";
import type { FolderOptions } from "./options.ts";
import { checkMemory } from "./pixels.ts";
import { diskTree, type FileTree } from "./tree.ts";
import { zipTree } from "./zip.ts";

/** The files of a folder or of a zip archive. @throws DatadamError as {@link diskTree} and {@link zipTree} */
export function openTree({ path, isFolder }: Place, { maxArchiveBytes }: FolderOptions): Promise<FileTree> {
  if (isFolder) return diskTree(path);
  return zipTree(path, { maxBytes: maxArchiveBytes, maxFileBytes: MAX_IMAGE_BYTES });
}

/** The image at a path of a tree. */
export function imageOf(tree: FileTree, size: number): Sources["image"] {
  return async (path) => decodeImage(tree.where(path), await tree.read(path), size);
}

/** What is known of a certain set. */
interface Knowledge extends Pick<Sources, "normalization"> {
  /** Checks the layout and names its classes. Default {@link nameSynsets}. */
  readonly arrange?: (layout: Layout) => Layout;
}

/** Loads class folders of a folder, or of an archive (zip or tar) without unpacking it to the disk. See `loadDataset`. */
export async function loadFolder(
  name: string,
  place: Place,
  options: FolderOptions,
  { arrange = nameSynsets, ...known }: Knowledge = {},
): Promise<Dataset> {
  const root = place.path;
  if (!place.isFolder && !(await isZip(root))) {
    const { files, folders, image } = await readTar(root, options);
    return assemble({ name, root, layout: arrange(findClasses(root, files, folders)), image, ...known }, options);
  }
  const tree = await openTree(place, options);
  try {
    refuseTinyImagenet(tree);
    const layout = arrange(findClasses(root, tree.files, tree.folders));
    return await assemble({ name, root, layout, image: imageOf(tree, options.size), ...known }, options);
  } finally {
    await tree.close();
  }
}

/** A tar archive is read once, in its own order: images are decoded before it is known where they belong. */
async function readTar(
  file: string,
  options: FolderOptions,
): Promise<Pick<FileTree, "files" | "folders"> & Pick<Sources, "image">> {
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
  const byPath = new Map(decoded);
  return { files, folders, image: async (path) => byPath.get(path)! };
}

function refuseTinyImagenet({ root, files }: FileTree): void {
  if (!files.some((path) => /(^|\/)wnids\.txt$/.test(path))) return;
  throw new DatadamError("INVALID_OPTION", `"${root}" holds Tiny ImageNet, not class folders of images.`, {
    hint: `Load the data set tiny-imagenet with this as its place: --dataset tiny-imagenet --data-dir ${root}`,
  });
}
