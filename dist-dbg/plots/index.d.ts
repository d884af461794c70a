export { type FigureOptions, figure, plot } from "./plot.ts";
export { type Tick, ticks } from "./ticks.ts";
export type { Axis, Plot, PlotPoint, PlotSeries } from "./types.ts";
//# sourceMappingURL=index.d.ts.map