import type { Engine } from "../engine/types.ts";
import { type Arrays, type NdArray, type Network } from "../nn/index.ts";
import { type SgdOptions } from "./trainer.ts";
export interface TrainStepsOptions extends SgdOptions {
    readonly network: Network;
    /** By `state_dict` name. */
    readonly parameters: Arrays;
    /** Running statistics, of a batch-normalised network. Default: those of a fresh one. */
    readonly buffers?: Arrays;
    readonly batches: readonly {
        readonly images: NdArray;
        readonly labels: ArrayLike<number>;
    }[];
    /** Default: one made for this call, on the CPU. */
    readonly engine?: Engine;
}
export interface TrainSteps {
    readonly parameters: Record<string, NdArray>;
    readonly buffers: Record<string, NdArray>;
    /** Mean cross-entropy of each batch, before its step. */
    readonly losses: readonly number[];
}
/** SGD with momentum and weight decay (PyTorch's) on mean cross-entropy, one step a batch, no augmentation. */
export declare function trainSteps(options: TrainStepsOptions): Promise<TrainSteps>;
//# sourceMappingURL=trainSteps.d.ts.map