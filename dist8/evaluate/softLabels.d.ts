import type { Engine } from "../engine/types.ts";
import { type SyntheticSet } from "../images/index.ts";
import type { Arrays, Network } from "../nn/index.ts";
export interface SoftLabelOptions {
    /** The teacher, for images and classes as the set has them, and in the set's space. */
    readonly network: Network;
    /** Its trained parameters, and running statistics where it has some. */
    readonly parameters: Arrays;
    /** Of the softmax, above 0: the higher, the more alike the classes. Default 1. */
    readonly temperature?: number;
    readonly engine?: Engine;
}
/**
 * The set with soft labels: `softmax(logits / temperature)` of a teacher, for each image as it is, without augmentation. Training on
 * them takes cross-entropy at temperature 1.
 *
 * @throws DatadamError INVALID_OPTION where the temperature is not above 0, or the teacher has other classes or images.
 */
export declare function withSoftLabels(set: SyntheticSet, options: SoftLabelOptions): Promise<SyntheticSet>;
//# sourceMappingURL=softLabels.d.ts.map