import type { Plot } from "./types.ts";
/**
 * A plot as a standalone SVG document on white.
 *
 * @throws RangeError for a number that is not finite, or not positive on a log axis; the message names the series.
 */
export declare function plot(options: Plot): string;
export interface FigureOptions {
    /** Panels in a row. Default: all, at most 3. */
    readonly columns?: number;
}
/** Several plots side by side in one document. @throws RangeError as {@link plot} does. */
export declare function figure(panels: readonly Plot[], { columns }?: FigureOptions): string;
//# sourceMappingURL=plot.d.ts.map