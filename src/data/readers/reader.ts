// What a reader of a format is, and what it is given to read.

import { DatadamError } from "../../errors.ts";
import type { Dataset } from "../../images/types.ts";
import { type FileKind, kindOf, refused, TITLES } from "../archives/archiveFile.ts";
import { diskTree, type FileTree } from "../archives/tree.ts";
import { zipTree } from "../archives/zip.ts";
import { MAX_IMAGE_BYTES } from "../decode/decode.ts";
import type { ResolvedOptions } from "../options.ts";
import type { ReadingKey } from "../readingOptions.ts";
import type { Place } from "./locate.ts";

/** A folder or file that is to be read. */
export interface Source extends Place {
  /** What a file is by how it begins; undefined for folders and for what is not known. */
  readonly kind: FileKind;
  /** The files of a folder or a zip archive, listed at the first call. @throws DatadamError IO, INVALID_DATA */
  tree(): Promise<FileTree>;
  /** Nothing can be read after. */
  close(): Promise<void>;
}

/** A format in which images are given by their path. */
export interface Reader {
  /** What it reads, for help: `a .csv file of path,label lines`. */
  readonly about: string;
  /** Endings of the names of its files, such as `.csv`; the name of the data set is the file's without it. */
  readonly endings: readonly string[];
  /** The options of reading that make a difference to it. */
  readonly takes: readonly ReadingKey[];
  /** Whether it is asked after the others, since what it recognises may be of a more special kind. */
  readonly takesTheRest?: true;
  /** Of several readers that recognise a path the first by name reads it. */
  recognises(source: Source): boolean | Promise<boolean>;
  /** @throws DatadamError IO, INVALID_DATA with the file and the place in it */
  load(name: string, source: Source, options: ResolvedOptions): Promise<Dataset>;
}

/** The options of readers of image files. */
const OF_IMAGE_FILES: readonly ReadingKey[] = ["size", "channels", "split", "valPart", "flippable", "store", "corrupt"];

/** The options of readers of image files whose labels stand in columns. */
export const OF_COLUMNS: readonly ReadingKey[] = [...OF_IMAGE_FILES, "imageColumn", "labelColumn"];

/** Looks at what is at a place. @throws DatadamError IO */
export async function openSource(place: Place, options: ResolvedOptions): Promise<Source> {
  const kind = place.isFolder ? undefined : await kindOf(place.path);
  let tree: Promise<FileTree> | undefined;
  return {
    ...place,
    kind,
    tree: () => (tree ??= openTree(place, kind, options)),
    close: async () => (await tree?.catch(() => undefined))?.close(),
  };
}

/** Whether the path ends as one of a reader's files do. */
export function endsAs(path: string, endings: readonly string[]): boolean {
  return endings.some((ending) => path.toLowerCase().endsWith(ending));
}

async function openTree({ path, isFolder }: Place, kind: FileKind, options: ResolvedOptions): Promise<FileTree> {
  if (isFolder) return diskTree(path);
  if (kind !== undefined && kind !== "zip") throw refused(path, `it is ${TITLES[kind]}, not a zip archive`);
  return zipTree(path, { maxBytes: options.maxArchiveBytes, maxFileBytes: MAX_IMAGE_BYTES });
}

/** The refusal of a path that no reader recognises. */
export function unrecognised({ path, kind }: Source, readers: readonly Reader[], hint: string): DatadamError {
  const read = readers.map(({ about }) => about).join("; ");
  const what = kind === "image" ? "is a single image" : "is not of a format that can be read";
  return new DatadamError("INVALID_DATA", `"${path}" ${what}, so it is not a data set. What can be read: ${read}.`, {
    hint,
  });
}
