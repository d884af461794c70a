import type { ImageFormat } from "./mislabelled.ts";
/** An image of `size x size` pixels. */
export interface DecodedImage {
    readonly path: string;
    /** RGB, interleaved. */
    readonly rgb: Uint8Array;
    /** Whether every pixel has r = g = b. */
    readonly grey: boolean;
    /** What it is, whatever its name says. */
    readonly format: ImageFormat;
}
/**
 * Decodes PNG, JPEG or WebP, turns it as its EXIF says, puts transparency on white, converts it to 8-bit sRGB, scales its shorter
 * side to `size` and cuts out the centre, both to the pixel as torchvision does with Pillow.
 * @throws DatadamError INVALID_DATA with the path
 */
export declare function decodeImage(path: string, bytes: Uint8Array, size: number): Promise<DecodedImage>;
/** Writes an image as planes (NCHW): RGB, or its luma (ITU-R BT.601, as Pillow's "L") for one channel. */
export declare function writePlanes({ rgb }: DecodedImage, channels: 1 | 3, out: Uint8Array): void;
//# sourceMappingURL=decode.d.ts.map