import type { Multiply } from "../engine/types.ts";
import type { ImageSet, Normalization, Zca } from "./types.ts";
/** `covariance` and `root` belong to fitting, `whiten` to applying. `done` goes from 0 to 1 in each. */
export type PrepareStage = "covariance" | "root" | "whiten";
export type PrepareProgress = (stage: PrepareStage, done: number) => void;
/**
 * Fits ZCA on a set's normalised images: with their covariance `C` (unbiased), `whiten = (C + eps I)^(-1/2)` and
 * `unwhiten = (C + eps I)^(1/2)`, in float64, stored as float32.
 *
 * Cost for `n` images of `d` numbers: about `(n + 20 d) d²` multiply-adds, and `5 d²` float64 of memory.
 *
 * @throws DatadamError `INVALID_OPTION` for an `eps` that is not above 0, or images above 64 x 64 pixels of 3 channels;
 * `INVALID_DATA` for fewer than 2 images.
 */
export declare function fitZca(set: ImageSet, eps: number, multiply: Multiply, onProgress?: PrepareProgress): Promise<Zca>;
/** What {@link fitZca} throws, before any work. */
export declare function checkZcaOptions(set: ImageSet, eps: number): void;
/** @throws DatadamError INVALID_OPTION where the whitened images would not fit into memory */
export declare function checkWhitened(set: ImageSet): void;
/** `(x - mean) whiten` of every normalised image `x` of the set: float32 `[count, d]`, in shared memory. */
export declare function applyZca(set: ImageSet, normalization: Normalization, zca: Zca, multiply: Multiply, onProgress?: PrepareProgress): Promise<Float32Array>;
//# sourceMappingURL=zca.d.ts.map