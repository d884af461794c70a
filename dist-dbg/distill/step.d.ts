import type { Binding } from "../engine/types.ts";
import { type PreparedSet } from "../images/index.ts";
import type { Network } from "../nn/index.ts";
import type { Key } from "../random/index.ts";
import type { SettledConfig } from "./config.ts";
import type { Method } from "./method.ts";
import type { DistillState } from "./types.ts";
export interface StepOptions {
    readonly set: PreparedSet;
    readonly config: SettledConfig;
    readonly key: Key;
    readonly network: Network;
    /** The parameters of an iteration's fresh network. */
    readonly fresh: (iteration: number) => Binding;
    /** The classes of the shard, in the order of the state's images. */
    readonly classes: readonly number[];
    readonly method: Method;
    readonly workers: number;
    readonly signal?: AbortSignal | undefined;
}
export interface StepResult {
    readonly images: Float32Array;
    readonly momentum: Float32Array;
    /** By quantity, summed over classes, mean over rounds. */
    readonly distances: readonly number[];
}
export declare class Step {
    #private;
    readonly options: StepOptions;
    constructor(options: StepOptions);
    /** The state's images and momentum after iteration `iteration` (from 1). */
    take(iteration: number, state: DistillState): Promise<StepResult>;
}
//# sourceMappingURL=step.d.ts.map