// Many small images side by side in one.

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
export function imageGrid(pixels: Uint8Array, options: ImageGridOptions): PixelGrid {
  const [channels, h, w] = options.shape;
  const size = channels * h * w;
  const count = pixels.length / size;
  if (channels !== 1 && channels !== 3) throw new RangeError(`imageGrid: channels must be 1 or 3, not ${channels}`);
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`imageGrid: ${pixels.length} bytes are not a whole number of [${options.shape}] images`);
  }
  const { columns = Math.min(10, count), pad = 2, background = 255 } = options;
  if (!Number.isInteger(columns) || columns < 1)
    throw new RangeError(`imageGrid: columns must be 1 or more, not ${columns}`);
  if (!Number.isInteger(pad) || pad < 0) throw new RangeError(`imageGrid: pad must be 0 or more, not ${pad}`);
  const width = columns * (w + pad) + pad;
  const height = Math.ceil(count / columns) * (h + pad) + pad;
  const out = new Uint8Array(width * height * channels).fill(background);
  for (let n = 0; n < count; n++) {
    const left = pad + (n % columns) * (w + pad);
    const top = pad + Math.floor(n / columns) * (h + pad);
    for (let c = 0; c < channels; c++) {
      for (let y = 0; y < h; y++) {
        const from = ((n * channels + c) * h + y) * w;
        const to = ((top + y) * width + left) * channels + c;
        for (let x = 0; x < w; x++) out[to + x * channels] = pixels[from + x];
      }
    }
  }
  return { pixels: out, width, height, channels };
}
