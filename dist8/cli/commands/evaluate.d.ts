import type { Device } from "../../engine/types.ts";
import type { EvaluateOptions, Evaluation } from "../../evaluate/types.ts";
import type { ImageSet, PreparedSet, SyntheticSet } from "../../images/types.ts";
import { type ResultEntry } from "../../run/index.ts";
import type { CommonFlags, Ui } from "../ui.ts";
import { type SubjectFlags } from "./subject.ts";
export interface EvaluateFlags extends CommonFlags, SubjectFlags {
    readonly networks?: number;
    readonly protocol?: string;
    /** Names of networks, one row each; default: that of the run. */
    readonly arch?: readonly string[];
    /** Name of a pool of networks. */
    readonly pool?: string;
    /** One row each. */
    readonly norm?: readonly NonNullable<EvaluateOptions["norm"]>[];
    /** False for `--no-random`. */
    readonly random?: boolean;
    /** A teacher's parameters, or `stored`. */
    readonly softLabels?: string;
    readonly temperature?: number;
    readonly device?: Device;
}
export declare function evaluateCommand(path: string, flags: EvaluateFlags, ui: Ui): Promise<void>;
/** Evaluates a set with each network that the flags name; the results of a run's set are added to the run. */
export declare function evaluateRun(path: string, flags: EvaluateFlags, ui: Ui): Promise<{
    readonly entries: readonly ResultEntry[];
    readonly ipc: number;
    readonly names: RowNames;
    readonly directory: string | undefined;
}>;
/** Whitens the test set once for both rows; without whitening preparing is free. */
export declare function testOnce(test: ImageSet, { preprocessing }: SyntheticSet, ui: Ui, workers: {
    workers?: number;
}): Promise<ImageSet | PreparedSet>;
/** One row of the table to measure: a set, and options of its own where it needs some. */
export type Contestants = Readonly<Record<string, SyntheticSet | {
    set: SyntheticSet;
    options: EvaluateOptions;
}>>;
/** Evaluates several sets under the same options, with progress; stops on a signal. */
export declare function measure(sets: Contestants, test: ImageSet | PreparedSet, options: EvaluateOptions, engineOptions: {
    workers?: number;
    device?: Device;
}, ui: Ui, prefix?: string): Promise<Record<string, Evaluation>>;
type RowNames = Readonly<Record<string, string>>;
/** Random, distilled and whole set, as far as they were measured, under other names where given. */
export declare function accuracyTable(results: {
    readonly [Row in "random" | "distilled" | "whole"]?: Evaluation;
}, ipc: number, { wholeCount, names }?: {
    wholeCount?: number;
    names?: RowNames;
}): string;
export {};
//# sourceMappingURL=evaluate.d.ts.map