// What an experiment of continual learning finds: `continual.json`.

import type { Answers, ContinualMetrics } from "../../../continual/index.ts";
import type { Interval } from "../../../statistics/index.ts";
import type { ContinualSettings } from "./job.ts";

export interface Spread {
  readonly mean: number;
  /** Sample standard deviation over orders and networks. */
  readonly std: number;
}

/** One order of classes, one network at each step. */
interface ContinualRun extends ContinualMetrics {
  readonly order: number;
  readonly network: number;
  readonly answers: readonly Answers[];
}

export interface MethodRecord {
  readonly method: string;
  /** Images remembered after each step. */
  readonly images: readonly number[];
  /** Wall-clock, condensing and training. */
  readonly seconds: number;
  /** Classes seen after each step. */
  readonly seen: readonly number[];
  readonly accuracies: readonly Spread[];
  readonly final: Spread;
  readonly average: Spread;
  readonly forgetting: Spread | null;
  readonly runs: readonly ContinualRun[];
}

/** Final accuracy of the first method minus that of another, paired over orders and networks. */
export interface Lead {
  readonly method: string;
  readonly over: string;
  readonly mean: number;
  /** Student's, of 95 %. */
  readonly interval: Interval | null;
  readonly pairs: number;
}

/** `continual.json`. */
export interface ContinualRecord extends Omit<ContinualSettings, "methods"> {
  readonly format: "datadam-continual/1";
  readonly created: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly dataset: string;
  readonly methods: readonly MethodRecord[];
  readonly lead: readonly Lead[];
  /** What else is known of where it was made: the command, the machine. */
  readonly [key: string]: unknown;
}
