import type { NasRecord } from "./types.ts";
/** A row a proxy, the reference last, and what the numbers are. */
export declare function nasTable(record: NasRecord): string;
/** A panel a proxy: its accuracies over those of the reference; without a reference, from the best architecture to the worst. */
export declare function nasPlot({ proxies, top }: NasRecord): string;
//# sourceMappingURL=report.d.ts.map