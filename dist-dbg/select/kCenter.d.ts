import { type Points } from "./points.ts";
/** Chooses the point nearest to the mean, then `k - 1` times the one farthest from all chosen; the first of equals. */
export declare function kCenter(points: Points, k: number): number[];
//# sourceMappingURL=kCenter.d.ts.map