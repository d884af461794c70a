import type { Stream } from "../random/index.ts";
import type { AugmentPolicy } from "./policy.ts";
import type { Augmentation } from "./types.ts";
/** What an augmentation is drawn for. `count` absent: siamese, one parameter set for every image. */
export interface DrawOptions {
    readonly height: number;
    readonly width: number;
    readonly count?: number | undefined;
}
/**
 * Draws an augmentation: one of the policy's operations (mode `"one"`, for the whole batch) or all of them.
 * Brightness U(-0.5, 0.5), saturation U(0, 2), contrast U(0.5, 1.5); crop by whole pixels up to 1/8 of the side; cutout of half
 * the side; flip with probability 1/2; scale U(1/1.2, 1.2) in x and y apart; rotation U(-15, 15) degrees.
 * @throws RangeError where height, width or count is no positive integer (count may be 0)
 */
export declare function drawAugmentation(stream: Stream, policy: AugmentPolicy, options: DrawOptions): Augmentation;
//# sourceMappingURL=draw.d.ts.map