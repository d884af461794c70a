// What a run directory records.

import type { ReadingArgument, ReadingOptions } from "../data/readingTable.ts";
import type { ResolvedConfig } from "../distill/config/index.ts";

/** How the images of a source are read; absent where the default holds. See `DatasetOptions`. */
export type SourceOptions = Pick<ReadingOptions, ReadingArgument>;

/** Where the images of a run come from, enough to load them again and to notice that they have changed. */
export interface RunDataset extends SourceOptions {
  /** A name such as `cifar10`, or an absolute path: what `loadDataset` takes. */
  readonly source: string;
  /** Folder that holds the archive, absolute; absent for paths and the built-in set. */
  readonly dir?: string;
  /** Name, size and classes of the training part. */
  readonly name: string;
  readonly count: number;
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly classNames: readonly string[];
  /** SHA-256 of the training part's labels and pixels. */
  readonly fingerprint: string;
}

/** How real images were chosen, where a run holds a coreset and nothing was distilled. */
export interface RunSelection {
  /** e.g. `k-means`. */
  readonly method: string;
  /** `pixels`, or the network whose features were compared. */
  readonly features?: string;
  /** What that network was built with, apart from the images it is for. */
  readonly featuresNetwork?: Readonly<Record<string, unknown>>;
  /** SHA-256 of the file of its parameters; absent for random ones. */
  readonly parameters?: string;
  /** Of training, for `forgetting`. */
  readonly epochs?: number;
}

/** The set that a distillation started from, for `init: "set"`. */
export interface RunInitial {
  /** Absolute. */
  readonly path: string;
  /** SHA-256 of its images and labels. */
  readonly sha256: string;
}

/** The bank that a distillation took networks and statistics from. */
export interface RunBank {
  /** Absolute. */
  readonly path: string;
  /** Content-addressed. */
  readonly id: string;
  /** Names the statistics in it. */
  readonly statistics: string;
}

/** `record.json`. */
export interface RunRecord {
  readonly format: "datadam-run/1";
  readonly preset: string | null;
  readonly seed: number;
  readonly config: ResolvedConfig;
  readonly dataset: RunDataset;
  /** Classes of this shard, ascending; null for all. */
  readonly classes: readonly number[] | null;
  readonly selection?: RunSelection;
  readonly initial?: RunInitial;
  readonly bank?: RunBank | undefined;
  readonly versions: Readonly<Record<string, string>>;
  /** ISO time. */
  readonly created: string;
}

/** One line of `metrics.jsonl`: the loss, and whatever else the method measures. */
export interface MetricsRow {
  readonly iteration: number;
  readonly loss: number;
  readonly seconds: number;
  readonly [measure: string]: number | readonly number[];
}
