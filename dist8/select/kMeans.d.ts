import type { Multiply } from "../engine/types.ts";
import type { Stream } from "../random/index.ts";
import { type Points } from "./points.ts";
/**
 * Chooses `k` distinct points: of each of `k` centres, in their order, the nearest that is not taken.
 *
 * @param points moved to their mean in place, so that float32 products keep more of their digits.
 */
export declare function kMeans(points: Points, k: number, stream: Stream, multiply: Multiply): Promise<number[]>;
/** k-means++: the first point at random, the others with a probability in proportion to their squared distance to the nearest. */
export declare function spread(points: Points, k: number, stream: Stream): number[];
//# sourceMappingURL=kMeans.d.ts.map