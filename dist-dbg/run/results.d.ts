import type { Evaluation } from "../evaluate/types.ts";
/** One evaluation of a run, with the same number of random real images beside it where that was asked for. */
export interface ResultEntry {
    /** ISO time. */
    readonly created: string;
    readonly iteration: number;
    readonly distilled: Evaluation;
    readonly random?: Evaluation;
    readonly whole?: Evaluation;
    /** Where the rows were trained on soft labels: SHA-256 of the teacher's parameters, or `stored` (the distilled row alone). */
    readonly softLabels?: {
        readonly teacher: string;
        readonly temperature?: number;
    } | undefined;
}
/** All evaluations of a run so far. */
export declare function readResults(directory: string): ResultEntry[];
/** Appends an evaluation to `result.json`. */
export declare function addResult(directory: string, entry: ResultEntry): void;
//# sourceMappingURL=results.d.ts.map