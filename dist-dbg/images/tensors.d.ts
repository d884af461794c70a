import type { Preprocessing } from "./types.ts";
type Float32Tensor = {
    dtype: "F32";
    shape: number[];
    data: Float32Array;
};
/** Tensors `zca.mean [d]`, `zca.whiten [d, d]`, `zca.unwhiten [d, d]` (none without ZCA), and metadata strings. */
export declare function preprocessingToTensors(preprocessing: Preprocessing): {
    tensors: Record<string, Float32Tensor>;
    metadata: Record<string, string>;
};
/**
 * What {@link preprocessingToTensors} made, from a decoded file.
 *
 * @throws DatadamError `INVALID_DATA` where something is missing, of another shape or type, or not finite.
 */
export declare function preprocessingFromTensors(tensors: Readonly<Record<string, {
    readonly shape: readonly number[];
    readonly data: ArrayLike<unknown>;
}>>, metadata: Readonly<Record<string, string>>): Preprocessing;
export {};
//# sourceMappingURL=tensors.d.ts.map