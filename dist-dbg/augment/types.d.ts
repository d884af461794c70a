/** One operation with its parameters. Every array holds one value (shared by all images) or one value an image. */
export type AugmentStep = {
    readonly operation: "color";
    /** Added to every value, in [-0.5, 0.5). */
    readonly brightness: readonly number[];
    /** Factor on each pixel's distance to its mean over the channels, in [0, 2). */
    readonly saturation: readonly number[];
    /** Factor on each value's distance to the image's mean, in [0.5, 1.5). */
    readonly contrast: readonly number[];
} | {
    readonly operation: "crop";
    /** Pixels: `out[y][x] = in[y + dy][x + dx]`, zero outside. */
    readonly dx: readonly number[];
    readonly dy: readonly number[];
} | {
    readonly operation: "cutout";
    /** Size of the zeroed hole in pixels. */
    readonly holeWidth: number;
    readonly holeHeight: number;
    /** Centre: the hole covers `[x - floor(holeWidth / 2), + holeWidth)` of the columns, clipped; rows likewise. */
    readonly x: readonly number[];
    readonly y: readonly number[];
} | {
    readonly operation: "flip" /** Mirrored left to right? */;
    readonly flipped: readonly boolean[];
} | {
    readonly operation: "scale";
    /** The sampling grid's factors: above 1 the picture shrinks. */
    readonly x: readonly number[];
    readonly y: readonly number[];
} | {
    readonly operation: "rotate";
    readonly degrees: readonly number[];
};
/** Operations in the order of their application, for images of one size. */
export interface Augmentation {
    readonly height: number;
    readonly width: number;
    /** Images that it is drawn for, each with its own parameters; `undefined`: siamese, any number of images. */
    readonly count: number | undefined;
    readonly steps: readonly AugmentStep[];
}
/** `[images, channels, height, width]` */
export type ImageShape = readonly [count: number, channels: number, height: number, width: number];
//# sourceMappingURL=types.d.ts.map