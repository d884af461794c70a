import type { Engine } from "../engine/types.ts";
import { type Arrays, type NdArray, type Network } from "../nn/index.ts";
import type { ErrorType } from "./distance.ts";
import { type MatchedImages } from "./matchAll.ts";
export interface MatchingLossOptions extends MatchedImages {
    /** e.g. `convnet({ channels: 3, size: 32, classes: 10, depth: 3, width: 128, norm: "instance" })`. */
    readonly network: Network;
    /** The network's parameters by `state_dict` name. */
    readonly parameters: Arrays;
    /** `[classes * batchReal, c, h, w]`, in class order. */
    readonly real: NdArray;
    /** `[classes * ipc, c, h, w]`, in class order. */
    readonly synthetic: NdArray;
    readonly classes: number;
    /** Exponent of the attention maps. Default 4. */
    readonly power?: number;
    /** Weight of the features' term. Default 0.01. */
    readonly lambda?: number;
    /** Factor on the whole loss. Default 100. */
    readonly scale?: number;
    /** Indices of the matched activation maps. Default: all but the last. None: features alone (DM, with scale and lambda 1). */
    readonly layers?: readonly number[];
    /** Weight of the attention term. Default 1. */
    readonly attentionWeight?: number;
    /** How the channels of an attention map are put together. Default `"sum"`. */
    readonly attentionReduction?: "sum" | "max";
    /** Norm to which each image's attention vector is brought. Default `"l2"`. */
    readonly attentionNorm?: "l2" | "l1" | "none";
    /** Distance of class means: squared or absolute differences, summed, or 1 - cosine. Default `"mse"`. */
    readonly errorType?: ErrorType;
    /** Default: one made for this call, on the CPU. */
    readonly engine?: Engine;
}
export interface MatchingLoss {
    /** `scale * (attentionWeight * sum of attention + lambda * features)` */
    readonly loss: number;
    /** Distance (squared, unless `errorType` says otherwise) of mean attention vectors, summed over classes, for each matched layer. */
    readonly attention: readonly number[];
    /** The same of mean last features. */
    readonly features: number;
    /** Of `loss`, with respect to `synthetic`. */
    readonly gradient: NdArray;
}
/**
 * DataDAM's loss between real and synthetic images under one network, and its gradient (paper's L_SAM + lambda L_MMD,
 * times `scale`). With batch norm, the statistics are those of all classes together, real and synthetic apart.
 *
 * @throws RangeError where shapes do not fit the network, each other or `classes`.
 */
export declare function matchingLoss(options: MatchingLossOptions): Promise<MatchingLoss>;
//# sourceMappingURL=matchingLoss.d.ts.map