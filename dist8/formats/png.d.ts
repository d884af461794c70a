/**
 * Writes one image. Equal input gives equal bytes with the same zlib.
 * @param pixels row-major, channels interleaved (HWC): `height * width * channels` bytes
 * @throws RangeError where sizes do not fit
 */
export declare function encodePng(pixels: Uint8Array, { width, height, channels }: {
    width: number;
    height: number;
    channels: 1 | 3;
}): Uint8Array;
//# sourceMappingURL=png.d.ts.map