import type { Answers } from "./types.ts";
export interface ContinualMetrics {
    /** Per cent of the test images of all classes seen, by step. */
    readonly accuracies: readonly number[];
    /** The last of them. */
    readonly final: number;
    /** Their mean. */
    readonly average: number;
    /**
     * Per cent points that a task (the classes that came at one step) has lost from its best step to the last, mean over all tasks but the
     * last (Chaudhry et al., ECCV 2018); null for one step. Negative where later steps do better on it.
     */
    readonly forgetting: number | null;
}
/** @param steps the answers after each step, in order; later ones have seen all that earlier ones have. */
export declare function continualMetrics(steps: readonly Answers[]): ContinualMetrics;
//# sourceMappingURL=metrics.d.ts.map