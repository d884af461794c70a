// Scaling and cutting as Pillow and torchvision do it, bit for bit: a triangle filter ("bilinear") that widens with the
// reduction, so that no pixel is skipped, along the rows first, then along the columns, rounded to bytes after each.

/** Bytes, row-major, channels interleaved (HWC). */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/** Weights are integers of this many bits after the point: 8 bits of pixel and 2 of headroom fit with them into 32. */
const PRECISION = 22;

/**
 * For each output position: the first input position it takes, and the weights from there on (`taps` each, rounded).
 */
interface Filter {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weights: Int32Array;
  readonly taps: number;
}

/**
 * `torchvision.transforms.Resize(size)`, then `CenterCrop(size)`: the shorter side becomes `size`, the longer one
 * `floor(size * long / short)`, and the central square is cut out. Only that square is computed.
 * @returns `size x size` pixels; those of `image` itself where nothing is to be done
 */
export function resizeAndCrop(image: Pixels, size: number): Pixels {
  const { width, height } = image;
  const short = Math.min(width, height);
  const extent = (side: number) => (side === short ? size : Math.floor((size * side) / short));
  const [columns, rows] = [extent(width), extent(height)];
  return resizeWindow(
    image,
    columns,
    rows,
    roundHalfEven((columns - size) / 2),
    roundHalfEven((rows - size) / 2),
    size,
  );
}

/** Pillow's `image.resize((width, height), BILINEAR)`. */
export function resize(image: Pixels, width: number, height: number): Pixels {
  const columns = scaleRows(image, width, 0, width, 0, image.height);
  return scaleColumns(columns, image.height, height, 0, height, 0);
}

/** The square of `size` pixels at (`left`, `top`) of the image resized to `width x height`. */
function resizeWindow(image: Pixels, width: number, height: number, left: number, top: number, size: number): Pixels {
  // Input rows that the square needs: the first and the last of its filter.
  const { first, count } = triangle(image.height, height, top, size);
  const from = first[0];
  const to = first[size - 1] + count[size - 1];
  return scaleColumns(scaleRows(image, width, left, size, from, to), image.height, height, top, size, from);
}

/** Columns `left` to `left + columns` of rows `from` to `to`, scaled to `width`. */
function scaleRows(image: Pixels, width: number, left: number, columns: number, from: number, to: number): Pixels {
  const { data, channels } = image;
  if (width === image.width && columns === width) {
    const stride = width * channels;
    return { data: data.subarray(from * stride, to * stride), width, height: to - from, channels };
  }
  const { first, count, weights, taps } = triangle(image.width, width, left, columns);
  const out = new Uint8Array((to - from) * columns * channels);
  let o = 0;
  for (let y = from; y < to; y++) {
    const row = y * image.width;
    for (let x = 0; x < columns; x++) {
      const start = (row + first[x]) * channels;
      for (let c = 0; c < channels; c++) {
        let sum = 1 << (PRECISION - 1);
        for (let k = 0, i = start + c, w = x * taps; k < count[x]; k++, i += channels) sum += data[i] * weights[w + k];
        out[o++] = Math.min(255, sum >> PRECISION);
      }
    }
  }
  return { data: out, width: columns, height: to - from, channels };
}

/**
 * Rows `top` to `top + rows` of an image of `fullHeight`, of which `image` holds the rows from `from` on, scaled to
 * `height`.
 */
function scaleColumns(
  image: Pixels,
  fullHeight: number,
  height: number,
  top: number,
  rows: number,
  from: number,
): Pixels {
  const { data, width, channels } = image;
  const stride = width * channels;
  if (height === fullHeight) {
    return { data: data.subarray((top - from) * stride, (top - from + rows) * stride), width, height: rows, channels };
  }
  const { first, count, weights, taps } = triangle(fullHeight, height, top, rows);
  const out = new Uint8Array(rows * stride);
  const sums = new Int32Array(stride);
  for (let y = 0; y < rows; y++) {
    sums.fill(1 << (PRECISION - 1));
    for (let k = 0; k < count[y]; k++) {
      const weight = weights[y * taps + k];
      const at = (first[y] - from + k) * stride;
      for (let i = 0; i < stride; i++) sums[i] += data[at + i] * weight;
    }
    for (let i = 0; i < stride; i++) out[y * stride + i] = Math.min(255, sums[i] >> PRECISION);
  }
  return { data: out, width, height: rows, channels };
}

/**
 * The triangle `max(0, 1 - |d|)` about the centre of each output pixel from `start` on, `d` in units of the larger of
 * an input and an output pixel. Weights of a pixel sum to one before rounding, and none is negative.
 */
function triangle(input: number, output: number, start: number, length: number): Filter {
  const scale = input / output;
  const support = Math.max(1, scale);
  const taps = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(length);
  const count = new Int32Array(length);
  const weights = new Int32Array(length * taps);
  const exact = new Float64Array(taps);
  for (let n = 0; n < length; n++) {
    const centre = (start + n + 0.5) * scale;
    const begin = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(input, Math.trunc(centre + support + 0.5));
    let sum = 0;
    for (let i = begin; i < end; i++) {
      // Pillow multiplies by the reciprocal; dividing would round otherwise now and then.
      const weight = Math.max(0, 1 - Math.abs((i - centre + 0.5) * (1 / support)));
      exact[i - begin] = weight;
      sum += weight;
    }
    for (let k = 0; k < end - begin; k++) weights[n * taps + k] = Math.trunc(0.5 + (exact[k] / sum) * (1 << PRECISION));
    first[n] = begin;
    count[n] = end - begin;
  }
  return { first, count, weights, taps };
}

/** Python's `round`: halves go to the even neighbour. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value);
}
