// The images of a tar archive. It is read once, in its own order: images are decoded before it is known where they
// belong.

import { DatadamError } from "../../errors.ts";
import { LIMITS } from "../../limits.ts";
import { readArchive } from "../archives/archive.ts";
import { refused } from "../archives/archiveFile.ts";
import { readOrSkip, type Skipped, warnSkipped } from "../decode/corrupt.ts";
import { type DecodedImage, decodeImage, MAX_IMAGE_BYTES } from "../decode/decode.ts";
import { checkMemory } from "../decode/pixels.ts";
import { isImagePath } from "../layout/layout.ts";
import { eachInOrder } from "../mapInOrder.ts";
import type { ResolvedOptions } from "../options.ts";
import { wantsDisk } from "../store/disk.ts";

/** What a tar archive holds. */
export interface TarContents {
  /** The archive. */
  readonly file: string;
  /** Paths of all files, in their order. */
  readonly files: readonly string[];
  readonly folders: readonly string[];
  readonly images: ReadonlyMap<string, DecodedImage>;
  /** The small .cls and .json files, by path. */
  readonly texts: ReadonlyMap<string, string>;
}

/**
 * Reads and decodes.
 * @param before images in memory already, which count for the limit
 * @throws DatadamError as {@link readArchive} and {@link decodeImage}; INVALID_DATA where an image is there twice
 */
export async function readTarImages(file: string, options: ResolvedOptions, before = 0): Promise<TarContents> {
  wantsDisk(file, options, 0, false);
  const files: string[] = [];
  const folders: string[] = [];
  const texts = new Map<string, string>();
  let textBytes = 0;
  const isText = (path: string) => /\.(cls|json)$/i.test(path);
  const want = (path: string) => isImagePath(path) || isText(path);
  const limits = { maxBytes: options.maxArchiveBytes, maxFileBytes: MAX_IMAGE_BYTES, want };
  async function* found(): AsyncGenerator<readonly [path: string, bytes: Uint8Array]> {
    const seen = new Set<string>();
    for await (const { path, folder, bytes } of readArchive(file, limits)) {
      (folder ? folders : files).push(path);
      if (folder) continue;
      if (isText(path) && bytes.length <= LIMITS.labelBytes) {
        textBytes += bytes.length;
        if (textBytes > LIMITS.labelsBytes)
          throw refused(file, `its labels take more than ${LIMITS.labelsBytes} bytes`);
        texts.set(path, new TextDecoder().decode(bytes));
      }
      if (!isImagePath(path)) continue;
      if (seen.has(path)) throw new DatadamError("INVALID_DATA", `The archive "${file}" holds "${path}" twice.`);
      seen.add(path);
      checkMemory(file, before + seen.size, [options.channels ?? 3, options.size, options.size]);
      yield [path, bytes];
    }
  }
  const images = new Map<string, DecodedImage>();
  const skipped = new Map<string, Skipped>();
  const where = (path: string) => `${file}: ${path}`;
  const decode = async ([path, bytes]: readonly [path: string, bytes: Uint8Array]) =>
    [path, await readOrSkip(path, options.corrupt, () => decodeImage(where(path), bytes, options.size))] as const;
  for await (const [path, image] of eachInOrder(found(), decode)) {
    if ("rgb" in image) images.set(path, image);
    else skipped.set(path, image);
  }
  warnSkipped(file, [...skipped.values()], options.onWarning);
  return { file, files: files.filter((path) => !skipped.has(path)), folders, images, texts };
}
