// Plots as SVG text: lines with error bands, scatters, several panels in a figure.

export { type FigureOptions, figure, plot } from "./plot.ts";
export { thinned } from "./thinned.ts";
export { type Tick, ticks } from "./ticks.ts";
export type { Axis, Plot, PlotPoint, PlotSeries } from "./types.ts";
