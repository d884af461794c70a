// Folders of class folders of images, on the disk or in an archive, to a data set.

import { DatadamError } from "../errors.ts";
import type { Dataset } from "../images/types.ts";
import { readArchive } from "./archive.ts";
import { isZip } from "./archiveFile.ts";
import { assemble, MAX_IMAGE_BYTES, mapInOrder } from "./assemble.ts";
import { decodeImage } from "./decode.ts";
import { findClasses, isImagePath } from "./layout.ts";
import type { FolderOptions } from "./options.ts";
import { checkMemory } from "./pixels.ts";
import { diskTree, type FileTree } from "./tree.ts";
import { zipTree } from "./zip.ts";

/** The files of a folder or of a zip archive. @throws DatadamError as {@link diskTree} and {@link zipTree} */
export function openTree(path: string, isFolder: boolean, { maxArchiveBytes }: FolderOptions): Promise<FileTree> {
  if (isFolder) return diskTree(path);
  return zipTree(path, { maxBytes: maxArchiveBytes, maxFileBytes: MAX_IMAGE_BYTES });
}

/** The image at a path of a tree. */
export function imageOf(tree: FileTree, size: number): (path: string) => ReturnType<typeof decodeImage> {
  return async (path) => decodeImage(tree.where(path), await tree.read(path), size);
}

/** Loads class folders of a folder, or of an archive (zip or tar) without unpacking it to the disk. See `loadDataset`. */
export async function loadFolder(
  name: string,
  path: string,
  isFolder: boolean,
  options: FolderOptions,
): Promise<Dataset> {
  if (!isFolder && !(await isZip(path))) return loadTar(name, path, options);
  const tree = await openTree(path, isFolder, options);
  try {
    const layout = findClasses(path, tree.files, tree.folders);
    return await assemble({ name, root: path, layout, image: imageOf(tree, options.size) }, options);
  } finally {
    await tree.close();
  }
}

/** A tar archive is read once, in its own order: images are decoded before it is known where they belong. */
async function loadTar(name: string, file: string, options: FolderOptions): Promise<Dataset> {
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
  const image = new Map(decoded);
  const layout = findClasses(file, files, folders);
  return assemble({ name, root: file, layout, image: async (path) => image.get(path)! }, options);
}
