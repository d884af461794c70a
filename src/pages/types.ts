// What a report shows, as plain data.

import type { ResultEntry } from "../lab/folder/results.ts";
import type { PlotSeries } from "../plots/types.ts";

/** Pictures that may lose something: an encoder of small images, such as WebP's. */
export interface Encoder {
  readonly type: string;
  /** @param pixels uint8 `[c, h, w]` */
  encode(pixels: Uint8Array, shape: readonly number[]): Promise<Uint8Array>;
}

/** Images of a run after some iterations, as base64, in the order of `ReportRun.labels`. */
export interface ReportStage {
  readonly iteration: number;
  readonly type: string;
  readonly images: readonly string[];
}

/** The nearest real images, one for each image shown. */
export interface ReportNearest {
  /** By what they are nearest, in words. */
  readonly by: string;
  readonly type: string;
  readonly images: readonly string[];
  readonly distances: readonly number[];
}

/** One run of a report. */
export interface ReportRun {
  readonly kind: "run";
  readonly name: string;
  readonly classNames: readonly string[];
  /** Class of each image shown. */
  readonly labels: readonly number[];
  /** Images of the whole set. */
  readonly count: number;
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly factor: number;
  readonly iterations: number;
  readonly stages: readonly ReportStage[];
  readonly nearest?: ReportNearest | undefined;
  /** Loss by iteration, then its parts. */
  readonly losses: readonly PlotSeries[];
  /** Newest last. */
  readonly evaluations: readonly ResultEntry[];
  /** In a line: data set, method, images a class. */
  readonly summary: readonly string[];
  readonly facts: readonly Fact[];
  readonly config: readonly Fact[];
  /** `job.json`; undefined where there is none. */
  readonly job?: unknown;
}

export type Fact = readonly [name: string, value: string];

/** A table of methods and settings. */
export interface ReportTable {
  readonly kind: "table";
  readonly name: string;
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly name: string; readonly cells: readonly string[] }[];
  readonly notes: readonly string[];
  /** SVG in the colours of a page. */
  readonly plot: string;
}

/** Lines to copy: what they are for, and in which language. */
export interface Recipe {
  readonly title: string;
  readonly text: string;
}

/** What a report is made of. */
export interface Report {
  readonly title: string;
  readonly parts: readonly (ReportRun | ReportTable)[];
  /** By the name of a part: how it is made again, and how it is used. */
  readonly recipes: Readonly<Record<string, readonly Recipe[]>>;
  /** Versions and time of the report itself. */
  readonly made: string;
}

/** Style sheet and script of a page. */
export interface Assets {
  readonly style: string;
  readonly script: string;
}
