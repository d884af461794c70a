/** How `imageGrid` lays images out. */
export interface ImageGridOptions {
    /** `[channels, height, width]` of each image. */
    shape: readonly [channels: number, height: number, width: number];
    /** Images in a row. Default: 10, or as many as there are. */
    columns?: number;
    /** Pixels around and between images. Default 2. */
    pad?: number;
    /** The value of padding and empty cells. Default 255. */
    background?: number;
}
/** Pixels as `encodePng` takes them: row-major, channels interleaved (HWC). */
export interface PixelGrid {
    readonly pixels: Uint8Array;
    readonly width: number;
    readonly height: number;
    readonly channels: 1 | 3;
}
/**
 * Puts images into a grid, row by row.
 * @param pixels uint8 NCHW, a whole number of images of `shape`, at least one
 * @throws RangeError where sizes do not fit
 */
export declare function imageGrid(pixels: Uint8Array, options: ImageGridOptions): PixelGrid;
//# sourceMappingURL=imageGrid.d.ts.map