import type { Binding } from "../engine/types.ts";
import type { NdArray, Network } from "../nn/index.ts";
import type { Matching } from "./method.ts";
export interface MatchedImages {
    readonly network: Network;
    /** `[classes * batchReal, c, h, w]`, in class order. */
    readonly real: NdArray;
    /** `[classes * ipc, c, h, w]`, in class order. */
    readonly synthetic: NdArray;
    readonly classes: number;
}
/** The gradient, and the distances of each class (of all at once where the norm couples them). */
export declare function matchAll(matching: Matching, { network, real, synthetic, classes }: MatchedImages, parameters: Binding): Promise<{
    readonly gradient: NdArray;
    readonly distances: readonly (readonly number[])[];
}>;
/** @throws RangeError where shapes do not fit the network, each other or `classes` */
export declare function checkImages(name: string, { shape, data }: NdArray, network: Network, classes: number): void;
//# sourceMappingURL=matchAll.d.ts.map