import type { Engine } from "../engine/types.ts";
import { type Arrays, type Network } from "../nn/index.ts";
export interface OutputsOptions {
    readonly network: Network;
    /** Parameters by `state_dict` name, and running statistics (default: those of a fresh network). */
    readonly parameters: Arrays;
    /** `features`: the flattened last ones, before the classifier. */
    readonly what: "features" | "logits";
    readonly engine: Engine;
    /** Images in turn: NCHW, in the space that the network sees. */
    readonly read: (start: number, count: number) => Float32Array;
    readonly count: number;
    /** Where to: `[count, d]`, given once `d` is known. Default: a new array. */
    readonly allocate?: (length: number) => Float32Array;
    readonly signal?: AbortSignal | undefined;
    /** Called with the number of images done. */
    readonly onProgress?: ((done: number) => void) | undefined;
}
/**
 * Features or logits of `count` images, with running statistics where there are some: float32 `[count, d]`. Numbers depend on
 * the images and the parameters only, not on the number of workers.
 *
 * @throws RangeError where the parameters do not fit the network.
 */
export declare function networkOutputs(options: OutputsOptions): Promise<{
    data: Float32Array;
    width: number;
}>;
//# sourceMappingURL=outputs.d.ts.map