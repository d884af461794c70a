// What a plot is made of.

import type { Tick } from "./ticks.ts";

export interface PlotPoint {
  readonly x: number;
  readonly y: number;
  /** Both or neither: a band around a line, a bar through a dot. */
  readonly low?: number;
  readonly high?: number;
  /** Shown by a viewer when the dot is pointed at. */
  readonly label?: string;
}

export interface PlotSeries {
  /** In the legend; one series without a name is left out of it. */
  readonly name: string;
  readonly points: readonly PlotPoint[];
  /** `line`: dots joined in the order given. `scatter`: dots alone. `curve`: the line alone. Default `line`. */
  readonly style?: "line" | "scatter" | "curve";
  /** Which number of a point `low` and `high` are about. `x` for categories down the y axis. Default `y`. */
  readonly errors?: "x" | "y";
  /** For what is there to compare with. Default false. */
  readonly dashed?: boolean;
}

export interface Axis {
  readonly label: string;
  /** Default `linear`. `log`: decades, positive values only. */
  readonly scale?: "linear" | "log";
  /** Default: what the points and their errors span, with a margin. */
  readonly domain?: readonly [low: number, high: number];
  /**
   * Default: round numbers. Give them for categories: `[{ value: 0, label: "none" }, ...]`; the y axis makes room for
   * them.
   */
  readonly ticks?: readonly Tick[];
}

export interface Plot {
  readonly title?: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly PlotSeries[];
  /** Pixels. Default 480. */
  readonly width?: number;
  /** Pixels. Default 320. */
  readonly height?: number;
}
