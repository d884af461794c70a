import type { Answers, ContinualMetrics } from "../../continual/index.ts";
import type { Interval } from "../../statistics/index.ts";
import type { ContinualSettings } from "./settings.ts";
export interface Spread {
    readonly mean: number;
    /** Sample standard deviation over orders and networks. */
    readonly std: number;
}
/** One order of classes, one network at each step. */
export interface ContinualRun extends ContinualMetrics {
    readonly order: number;
    readonly network: number;
    readonly answers: readonly Answers[];
}
export interface MethodRecord {
    readonly method: string;
    /** Images remembered after each step. */
    readonly images: readonly number[];
    /** Wall-clock, condensing and training. */
    readonly seconds: number;
    /** Classes seen after each step. */
    readonly seen: readonly number[];
    readonly accuracies: readonly Spread[];
    readonly final: Spread;
    readonly average: Spread;
    readonly forgetting: Spread | null;
    readonly runs: readonly ContinualRun[];
}
/** `continual.json`. */
export interface ContinualRecord extends Omit<ContinualSettings, "job" | "methods"> {
    readonly format: "datadam-continual/1";
    readonly command: string;
    readonly created: string;
    readonly machine: Readonly<Record<string, unknown>>;
    readonly versions: Readonly<Record<string, string>>;
    readonly dataset: string;
    readonly methods: readonly MethodRecord[];
    /** Final accuracy of the first method minus that of each other, paired over orders and networks, with Student's 95 % interval. */
    readonly lead: readonly {
        readonly method: string;
        readonly over: string;
        readonly mean: number;
        readonly interval: Interval | null;
        readonly pairs: number;
    }[];
}
//# sourceMappingURL=types.d.ts.map