/** Bytes, row-major, channels interleaved (HWC). */
export interface Pixels {
    readonly data: Uint8Array;
    readonly width: number;
    readonly height: number;
    readonly channels: number;
}
/**
 * `torchvision.transforms.Resize(size)`, then `CenterCrop(size)`: the shorter side becomes `size`, the longer one
 * `floor(size * long / short)`, and the central square is cut out. Only that square is computed.
 * @returns `size x size` pixels; those of `image` itself where nothing is to be done
 */
export declare function resizeAndCrop(image: Pixels, size: number): Pixels;
/** Pillow's `image.resize((width, height), BILINEAR)`. */
export declare function resize(image: Pixels, width: number, height: number): Pixels;
//# sourceMappingURL=resize.d.ts.map