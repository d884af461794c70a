// What the watch page is told.

/** How a job stands. `silent`: begun, not ended, and nothing was written for a while. */
export type Status = "running" | "finished" | "failed" | "stopped" | "silent" | "unreadable";

/** A job's folder in a line. */
export interface RunLine {
  /** Made of the path: names it in addresses. */
  readonly id: string;
  /** Below the folder that is watched, with `/`. */
  readonly name: string;
  /** Whether the folder lies in that of another job. */
  readonly part: boolean;
  readonly kind: string;
  /** In words: data set, method, images a class. */
  readonly about: string;
  readonly status: Status;
  /** What it does, or the last thing it said. */
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  /** Seconds; null where it is not known. */
  readonly left: number | null;
  /** Rows of metrics so far. */
  readonly rows: number;
  readonly loss: number | null;
  /** Test accuracies in per cent of the newest evaluation. */
  readonly accuracy: number | null;
  readonly random: number | null;
  /** Changes with `grid.png`; null where there is none. */
  readonly grid: number | null;
  readonly report: boolean;
  /** Milliseconds since 1970 of the last change. */
  readonly changed: number;
}

/** A message of the stream: all lines at first, then those that changed. */
export interface Change {
  readonly runs: readonly RunLine[];
  /** Ids of folders that are gone. */
  readonly gone: readonly string[];
}

/** A curve of a run. */
export interface Curve {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number; readonly low?: number; readonly high?: number }[];
}
