import type { Binding, Engine } from "../engine/types.ts";
import type { Match, Matching, Targets } from "./method.ts";
import { type Objective } from "./programs.ts";
/** By quantity: `[classes, d]`. */
type Means = Targets;
/** Parameters as programs take them. */
export declare function bindParameters(values: Readonly<Record<string, Float32Array>>): Binding;
/**
 * Matches the means of images (attention, features) under one objective; programs are traced once for each shape. Its
 * distances: the attention of each layer, then the features, unweighted.
 */
export declare class Matcher implements Matching {
    #private;
    readonly objective: Objective;
    constructor(objective: Objective, engine: Engine);
    /**
     * Mean quantities of each class of real images: what synthetic images are to match. Images (NCHW) are in class order,
     * as many of each class; several classes at once only where the norm couples the images of a batch.
     */
    targets(parameters: Binding, real: Float32Array, { length: classes }: readonly number[]): Promise<Means>;
    /** Loss and gradient of synthetic images, in class order as those of {@link targets}; their number may be another. */
    match(parameters: Binding, targets: Means, synthetic: Float32Array, { length: classes }: readonly number[]): Promise<Match>;
}
export {};
//# sourceMappingURL=match.d.ts.map