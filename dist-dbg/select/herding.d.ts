import { type Points } from "./points.ts";
/**
 * Chooses `k` points one after the other, each so that the mean of those chosen comes nearest to the mean of all. That is the
 * point nearest to `k mean - sum of those chosen before`; the first of equals.
 */
export declare function herding(points: Points, k: number): number[];
//# sourceMappingURL=herding.d.ts.map