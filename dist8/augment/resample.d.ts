/** Where each output pixel reads: indices into a plane with a border of one zero pixel all round, and scratch for that plane. */
export interface Grid {
    readonly height: number;
    readonly width: number;
    /** [height * width] index of the upper left of the four neighbours in the padded plane */
    readonly corner: Int32Array;
    /** [height * width] how far right and down of that neighbour, in [0, 1) */
    readonly right: Float64Array;
    readonly down: Float64Array;
    /** [(height + 2) * (width + 2)] scratch */
    readonly padded: Float64Array;
}
/** Room for the grid of one image size. */
export declare function createGrid(height: number, width: number): Grid;
/**
 * Fills the grid for theta = [[xx, xy], [yx, yy]]: the output pixel at normalised (x, y) reads the input at theta (x, y), where
 * pixel i of n has the coordinate (2 i + 1) / n - 1.
 */
export declare function fillGrid(grid: Grid, [xx, xy, yx, yy]: readonly [number, number, number, number]): void;
/** Resamples `planes` planes from `at` on. */
export declare function gather(source: Float32Array, target: Float32Array, at: number, planes: number, grid: Grid): void;
/** The adjoint of {@link gather}: adds every value to the pixels it was read from, in float64. */
export declare function scatter(source: Float32Array, target: Float32Array, at: number, planes: number, grid: Grid): void;
//# sourceMappingURL=resample.d.ts.map