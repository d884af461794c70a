import type { SharedArrays, TrainingState } from "../engine/types.ts";
import type { Network } from "../nn/index.ts";
export declare class TrainingMemory {
    #private;
    readonly state: TrainingState;
    readonly parameters: Record<string, Float32Array>;
    readonly velocity: Record<string, Float32Array>;
    constructor({ parameters, buffers }: Network);
    /** Where the sums of the `index`-th part of a batch go. */
    totals(index: number): SharedArrays;
    /** The number `name` or the statistics `name` in the sums of the first `parts` parts of a batch, added. */
    total(name: string, size: number, parts: number): Float32Array;
    /** Room for a batch, of `length` floats. */
    batch(length: number): Float32Array;
}
//# sourceMappingURL=trainingMemory.d.ts.map