/**
 * Colours one image of `channels` planes at `at` of `source` into `target`. Pass `brightness` 0 for the linear part, which is also
 * the adjoint. Means are summed in float64.
 */
export declare function colorImage(source: Float32Array, target: Float32Array, at: number, channels: number, plane: number, brightness: number, saturation: number, contrast: number): void;
//# sourceMappingURL=color.d.ts.map