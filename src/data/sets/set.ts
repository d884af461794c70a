// What a published data set is: a name, what it is, what it takes and how it is loaded.

import type { TestedDataset } from "../../images/types.ts";
import type { ResolvedOptions } from "../options.ts";
import type { ReadingKey, ReadingOptions } from "../readingOptions.ts";

/** A data set that is known by name. */
export interface NamedSet<Name extends string = string> {
  readonly name: Name;
  /** What it is and where it comes from, in a line. */
  readonly about: string;
  /** How many training and test images it has as published, where that is always the same. */
  readonly counts?: readonly [train: number, test: number];
  /** The options of reading that make a difference to it. */
  readonly takes: readonly ReadingKey[];
  /** What options are where they are not given, where that differs from the general default. */
  readonly defaults?: ReadingOptions;
  /** Which paths, relative to a folder, show that this set lies there as published. */
  readonly telltale?: RegExp;
  /** The files that can be fetched. Absent where their publishers give no checksum on record here. */
  readonly downloads?: readonly PublishedFile[];
  /**
   * @throws DatadamError INVALID_OPTION without `dir`, DATASET_NOT_FOUND where it is not there, INVALID_DATA where it
   *   is damaged
   */
  load(options: ResolvedOptions): Promise<TestedDataset>;
}

/** A file as its publishers offer it. */
export interface PublishedFile {
  readonly url: string;
  readonly bytes: number;
  /** Hexadecimal, as published. */
  readonly md5: string;
}

/** The options of published sets that are made of image files. */
export const OF_IMAGE_FILES: readonly ReadingKey[] = ["size", "channels", "store", "corrupt"];

/** The set as it is, its name kept as a type. */
export function namedSet<const Name extends string>(set: NamedSet<Name>): NamedSet<Name> {
  return set;
}
