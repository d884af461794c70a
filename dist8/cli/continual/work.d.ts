import { type Answers } from "../../continual/index.ts";
import type { Dataset } from "../../images/types.ts";
import { type Experiment } from "../../run/index.ts";
import type { Ui } from "../ui.ts";
import { type ContinualSettings } from "./settings.ts";
/** Answers of one method: for each order and network, those after each step. */
export interface MethodAnswers {
    readonly method: string;
    readonly images: readonly number[];
    readonly seconds: number;
    readonly runs: readonly {
        readonly order: number;
        readonly network: number;
        readonly answers: readonly Answers[];
    }[];
}
interface Place {
    readonly experiment: Experiment;
    readonly signal: AbortSignal;
    readonly ui: Ui;
}
export declare function runMethods(dataset: Dataset, settings: ContinualSettings, place: Place): Promise<MethodAnswers[]>;
export {};
//# sourceMappingURL=work.d.ts.map