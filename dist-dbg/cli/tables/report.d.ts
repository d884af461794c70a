import { type CellResult, type Comparison } from "./results.ts";
import type { Plan } from "./types.ts";
export type TableFormat = "markdown" | "csv" | "json";
export interface Report {
    readonly plan: Plan;
    readonly results: readonly CellResult[];
    readonly comparisons: readonly Comparison[];
}
export declare function render(report: Report, format: TableFormat): string;
/** The table as plain JSON. */
export declare function values({ plan: { title }, results, comparisons }: Report): unknown;
/** A line a row over the columns, or dots over the rows where there is one column. */
export declare function tablePlot({ plan, results }: Report): string;
//# sourceMappingURL=report.d.ts.map