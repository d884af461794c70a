// What a caller may ask of `loadDataset`, checked.

import { DatadamError } from "../errors.ts";
import { cacheFolder } from "./store/cacheFolder.ts";

/** Options of {@link loadDataset}. */
export interface DatasetOptions {
  /** Where a named data set lies: a folder or an archive. All but `builtin` need it. */
  dir?: string;
  /** `cifar100`: its 100 fine classes (default) or its 20 coarse ones. */
  labels?: "fine" | "coarse";
  /** Image files: side in pixels of the square images that they become. Default 32; 64 for `tiny-imagenet` and `imagenet`, 128 for `imagenette`, `imagewoof`. */
  size?: number;
  /** Image files: 1 grey, 3 RGB. Default: RGB, but grey where every image is grey and the set is none that is known by name. */
  channels?: 1 | 3;
  /** Folders of images without a test part: the fraction of each class that stays for training, the rest is the test part. */
  split?: number;
  /** Seed of the split. Default 0. */
  seed?: number;
  /** Folders of images: whether a mirrored image keeps its class. Default true: give false for digits and letters. */
  flippable?: boolean;
  /** Archives: the most bytes that they may unpack to. Default 4 GiB. */
  maxArchiveBytes?: number;
  /**
   * Image files: where their pixels are kept. `disk`: in a cache (see `cacheDir`), decoded once, however large the set is. Default
   * `auto`: on the disk above 1 GiB of pixels, else in memory. Tar archives are always decoded into memory.
   */
  store?: "memory" | "disk" | "auto";
  /** Folder of that cache. Default: `DATADAM_CACHE`, else `~/.cache/datadam`. */
  cacheDir?: string;
  /** Image files that cannot be decoded: `fail` (default) or `skip`, which leaves them out and warns. */
  corrupt?: "fail" | "skip";
  /** Called while images are decoded into the cache. `total` is undefined where it is not known. */
  onProgress?: (done: number, total: number | undefined) => void;
  /** Called with what the user should know but that stops nothing, such as files that were left out. */
  onWarning?: (message: string) => void;
}

/** The options with their defaults. */
export interface FolderOptions {
  readonly size: number;
  readonly channels: 1 | 3 | undefined;
  readonly split: number | undefined;
  readonly seed: number;
  readonly flippable: boolean;
  readonly maxArchiveBytes: number;
  readonly store: "memory" | "disk" | "auto";
  readonly cacheDir: string;
  readonly corrupt: "fail" | "skip";
  readonly onProgress: (done: number, total: number | undefined) => void;
  readonly onWarning: (message: string) => void;
}

const MAX_SIZE = 4096;

/** Fills in the defaults. @throws DatadamError INVALID_OPTION */
export function folderOptions(
  options: DatasetOptions,
  defaults: Pick<DatasetOptions, "size" | "channels"> = {},
): FolderOptions {
  const {
    size = defaults.size ?? 32,
    channels = defaults.channels,
    split,
    seed = 0,
    flippable = true,
    maxArchiveBytes = 4 * 2 ** 30,
    store = "auto",
    cacheDir = cacheFolder(),
    corrupt = "fail",
  } = options;
  if (!Number.isInteger(size) || size < 1 || size > MAX_SIZE) {
    throw invalid(`The image size must be a whole number from 1 to ${MAX_SIZE}, but it is ${size}.`);
  }
  if (channels !== undefined && channels !== 1 && channels !== 3) {
    throw invalid(`The number of channels must be 1 (grey) or 3 (RGB), but it is ${String(channels)}.`);
  }
  if (split !== undefined && !(split > 0 && split < 1)) {
    throw invalid(
      `The split must be a fraction between 0 and 1, such as 0.8 for training on 80 %, but it is ${split}.`,
    );
  }
  if (options.labels !== undefined && options.labels !== "fine" && options.labels !== "coarse") {
    throw invalid(`The labels must be "fine" or "coarse", but they are ${JSON.stringify(options.labels)}.`);
  }
  if (!(maxArchiveBytes > 0)) throw invalid(`maxArchiveBytes must be positive, but it is ${maxArchiveBytes}.`);
  if (!["memory", "disk", "auto"].includes(store)) {
    throw invalid(`The store must be memory, disk or auto, but it is ${String(store)}.`);
  }
  if (corrupt !== "fail" && corrupt !== "skip") {
    throw invalid(`What becomes of corrupt images must be fail or skip, but it is ${String(corrupt)}.`);
  }
  const { onWarning = () => {}, onProgress = () => {} } = options;
  const decoding = { store, cacheDir, corrupt, onProgress };
  return { size, channels, split, seed, flippable, maxArchiveBytes, ...decoding, onWarning };
}

/** Refuses options that a data set does not take. @throws DatadamError INVALID_OPTION */
export function refuseOptions(
  name: string,
  options: DatasetOptions,
  refused: readonly ("size" | "channels" | "split" | "flippable" | "labels" | "store" | "corrupt")[],
): void {
  const whys: Partial<Record<string, string>> = {
    labels: "its images have one label",
    split: "its parts are as published",
  };
  for (const option of refused) {
    if (options[option] === undefined) continue;
    const why = whys[option] ?? "its images are as they are";
    throw invalid(`The data set "${name}" takes no option ${option} (given: ${options[option]}): ${why}.`);
  }
}

function invalid(message: string): DatadamError {
  return new DatadamError("INVALID_OPTION", message);
}
