// What a tar archive holds but the pixels of its images: the names of its files, its labels and its links.

import { DatadamError } from "../../../errors.ts";
import { LIMITS } from "../../../limits.ts";
import { readArchive } from "../../archives/archive.ts";
import { refused } from "../../archives/archiveFile.ts";
import { type Link, resolveLinks } from "../../archives/links.ts";
import { MAX_IMAGE_BYTES } from "../../decode/decode.ts";
import { isImagePath } from "../../layout/formats.ts";
import { isMetadata } from "../tables/metadata.ts";
import { isLabelPath } from "./shardLabels.ts";

/** What a tar archive holds. */
export interface TarListing {
  /** The archive. */
  readonly file: string;
  /** Paths of all files in their order, then of those that links stand for. */
  readonly files: readonly string[];
  readonly folders: readonly string[];
  /** The small files that may be labels, and metadata of images, by path. */
  readonly texts: ReadonlyMap<string, Uint8Array>;
  /** By the path of a link, or through one, the path of the file. */
  readonly links: ReadonlyMap<string, string>;
}

/**
 * Reads an archive once: gives the wanted images and returns what there is.
 * @throws DatadamError INVALID_DATA as {@link readArchive}, or where an image is there twice
 */
export async function* readTar(
  file: string,
  maxBytes: number,
  wanted: (path: string) => boolean,
): AsyncGenerator<readonly [path: string, bytes: Uint8Array], TarListing> {
  const files: string[] = [];
  const folders: string[] = [];
  const texts = new Map<string, Uint8Array>();
  const links = new Map<string, Link>();
  const seen = new Set<string>();
  let textBytes = 0;
  const isText = (path: string) => isLabelPath(path) || isMetadata(path);
  let chosen = false; // `want` is asked once a file
  const want = (path: string): boolean => {
    chosen = isImagePath(path) && wanted(path);
    return chosen || isText(path);
  };
  const limits = { maxBytes, maxFileBytes: MAX_IMAGE_BYTES, want, links: true };
  for await (const { path, folder, bytes, link } of readArchive(file, limits)) {
    if (link !== undefined) {
      links.set(path, link);
      continue;
    }
    (folder ? folders : files).push(path);
    if (folder) continue;
    if (isText(path) && (bytes.length <= LIMITS.labelBytes || isMetadata(path))) {
      textBytes += bytes.length;
      if (textBytes > LIMITS.labelsBytes) throw refused(file, `its labels take more than ${LIMITS.labelsBytes} bytes`);
      texts.set(path, bytes);
    }
    if (!isImagePath(path)) continue;
    if (seen.has(path)) throw new DatadamError("INVALID_DATA", `The archive "${file}" holds "${path}" twice.`);
    seen.add(path);
    if (chosen) yield [path, bytes];
  }
  const linked = resolveLinks(file, files, links);
  for (const [path, to] of linked) {
    const text = texts.get(to);
    if (text !== undefined) texts.set(path, text);
  }
  return { file, files: [...files, ...linked.keys()], folders, texts, links: linked };
}

/** What an archive holds; no image is read. */
export async function listTar(file: string, maxBytes: number): Promise<TarListing> {
  const reading = readTar(file, maxBytes, () => false);
  for (;;) {
    const { done, value } = await reading.next();
    if (done === true) return value;
  }
}

/** Paths of the images. */
export function imagesIn({ files }: TarListing): readonly string[] {
  return files.filter(isImagePath);
}
