import type { Preprocessing } from "./types.ts";
/**
 * Undoes whitening (`x unwhiten + mean`) and normalisation, clamps to [0, 255] and rounds half up.
 *
 * @param images float32 NCHW, `n * c * h * w` long.
 * @returns uint8 NCHW. With whitening a few hundred images of 3x32x32 take seconds.
 */
export declare function unprepare(images: Float32Array, shape: readonly [n: number, c: number, h: number, w: number], preprocessing: Preprocessing): Uint8Array;
//# sourceMappingURL=unprepare.d.ts.map