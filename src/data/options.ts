// The options of `loadDataset`: those of reading, where the files are, and who listens.

import { parseReading, type ReadingOptions, readingDefaults } from "./readingOptions.ts";
import { cacheFolder } from "./store/cacheFolder.ts";

/** Options of `loadDataset`. */
export interface DatasetOptions extends ReadingOptions {
  /** Where a named data set lies: a folder or an archive. All but `builtin` need it. */
  readonly dir?: string;
  /**
   * The `split` of a set without a test part where none is given, nor `holdOut`. Left out with a warning where a class
   * has fewer than 5 images. Default: none.
   */
  readonly defaultSplit?: number;
  /**
   * Called while images are decoded: into the cache after each, into memory once it has taken two seconds. `total` is
   * undefined where it is not known.
   */
  readonly onProgress?: (done: number, total: number | undefined) => void;
  /** Called with what the user should know but that stops nothing, such as files that were left out. */
  readonly onWarning?: (message: string) => void;
}

/**
 * Options that have no default: the images decide on `channels`, names on columns; nothing is split off or held out.
 */
type Open =
  | "dir"
  | "channels"
  | "split"
  | "defaultSplit"
  | "holdOut"
  | "firstPerClass"
  | "valPart"
  | "imageColumn"
  | "labelColumn";

/** The options with their defaults. */
export type ResolvedOptions = Required<Omit<DatasetOptions, Open>> & Pick<DatasetOptions, Open>;

/**
 * Checks options and fills in the defaults.
 * @param defaults what a data set has of its own, such as its size
 * @throws DatadamError INVALID_OPTION
 */
export function resolveOptions(options: DatasetOptions, defaults: ReadingOptions = {}): ResolvedOptions {
  const { dir, defaultSplit, onProgress = () => {}, onWarning = () => {}, ...given } = options;
  const known = { ...readingDefaults, cacheDir: cacheFolder(), ...defaults } as ResolvedOptions;
  const { split, ...reading } = parseReading(given);
  const asked = split !== undefined || reading.holdOut !== undefined || reading.firstPerClass !== undefined;
  return {
    ...known,
    ...reading,
    dir,
    split: split === 1 ? undefined : split,
    defaultSplit: asked ? undefined : defaultSplit,
    onProgress,
    onWarning,
  };
}
