import { type Shape, Tensor } from "./tensor.ts";
/** The same elements in another shape; one extent may be -1. */
export declare function reshape(x: Tensor, shape: Shape): Tensor;
export declare function isTranspose(x: Tensor): boolean;
/** Axis `i` of the result is axis `permutation[i]` of `x`. Default: reversed. */
export declare function transpose(x: Tensor, permutation?: readonly number[]): Tensor;
export declare function isExpand(x: Tensor): boolean;
/** Broadcasts to `shape`. */
export declare function expand(x: Tensor, shape: Shape): Tensor;
/** Elements `starts[i] .. ends[i]` (exclusive) of each axis, every `steps[i]`-th (default 1). */
export declare function slice(x: Tensor, starts: readonly number[], ends: readonly number[], steps?: readonly number[]): Tensor;
/** Adds `before[i]` and `after[i]` zeros around axis `i`. */
export declare function pad(x: Tensor, before: readonly number[], after: readonly number[]): Tensor;
/** Joins arrays along `axis`; the other extents must agree. */
export declare function concatenate(parts: readonly Tensor[], axis?: number): Tensor;
/** Elements `indices` of `axis`, in that order; indices may repeat. */
export declare function gather(x: Tensor, indices: readonly number[], axis?: number): Tensor;
//# sourceMappingURL=shape.d.ts.map