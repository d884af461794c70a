import type { Engine } from "../engine/types.ts";
import { type Arrays, type NdArray } from "../nn/index.ts";
import { type MatchedImages } from "./matchAll.ts";
export interface GradientMatchingLossOptions extends MatchedImages {
    /** The network's parameters by `state_dict` name. */
    readonly parameters: Arrays;
    /** Default: one made for this call, on the CPU. */
    readonly engine?: Engine;
}
export interface GradientMatchingLoss {
    /** Sum of `layers`. */
    readonly loss: number;
    /** Distance of the gradients of each weight, summed over its output nodes and over classes, by `state_dict` name. */
    readonly layers: Readonly<Record<string, number>>;
    /** Of `loss`, with respect to `synthetic`. */
    readonly gradient: NdArray;
}
/**
 * DC's loss between real and synthetic images under one network, and its gradient (Zhao, Mopuri & Bilen, ICLR 2021):
 * for each class, the gradients of its mean cross-entropy with respect to each weight are compared, 1 - cosine for each
 * output node. Biases and the norms' parameters are left out. DSA's loss is this one of augmented images.
 *
 * @throws RangeError where shapes do not fit the network, each other or `classes`, or where the network has batch norm.
 */
export declare function gradientMatchingLoss(options: GradientMatchingLossOptions): Promise<GradientMatchingLoss>;
//# sourceMappingURL=gradientMatchingLoss.d.ts.map