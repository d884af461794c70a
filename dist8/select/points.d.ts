import type { Matrix } from "../engine/types.ts";
/** `count` points of `width` numbers each, row-major. */
export interface Points {
    readonly data: Float32Array;
    readonly count: number;
    readonly width: number;
}
/** Mean of all points. */
export declare function meanOf({ data, count, width }: Points): Float64Array;
/** Adds the row that begins at `from`. */
export declare function addRow(sum: Float64Array, data: Float32Array, from: number): void;
/** Squared distance of point `i` to a row of `target` (float32 or float64). */
export declare function squaredDistance({ data, width }: Points, i: number, target: Matrix, row?: number): number;
/** The point nearest to `target` of those that are not taken; the first of equals. */
export declare function nearestPoint(points: Points, target: Matrix, taken: ReadonlySet<number>): number;
/** Index of the largest number of those that are not taken; the first of equals. */
export declare function farthest(distances: ArrayLike<number>, taken: ReadonlySet<number>): number;
//# sourceMappingURL=points.d.ts.map