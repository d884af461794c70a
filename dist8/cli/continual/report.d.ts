import type { ContinualRecord } from "./types.ts";
/** A row a method: accuracy after each step, and what it comes to. */
export declare function continualTable(record: ContinualRecord): string;
/** Accuracy over classes seen, a line a method, with a band of one standard deviation. */
export declare function continualPlot({ methods, dataset, steps, bound }: ContinualRecord): string;
//# sourceMappingURL=report.d.ts.map