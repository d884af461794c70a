import type { MetricsRow } from "./types.ts";
/** An open metrics file. */
export interface MetricsFile {
    append(row: MetricsRow): void;
    /** Makes sure that what was appended survives a loss of power. */
    flush(): void;
    close(): void;
}
/**
 * Opens a metrics file for appending after iteration `iteration`: lines of later iterations (written after the checkpoint
 * that a run resumes from), repeated and half-written ones are removed first.
 */
export declare function openMetrics(path: string, iteration: number): MetricsFile;
/** All whole lines of a metrics file. */
export declare function readMetrics(path: string): MetricsRow[];
//# sourceMappingURL=metrics.d.ts.map