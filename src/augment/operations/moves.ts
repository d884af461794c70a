// Maps that move or drop whole pixels: translation, cutout, mirror. Each works on one image of `planes` planes at `at`.

/** Images as floats or as bytes. */
type Pixels = Float32Array | Uint8Array;

/** `target[y][x] = source[y + dy][x + dx]`, zero outside. Its adjoint is the shift by (-dx, -dy). */
export function shiftImage(
  source: Pixels,
  target: Pixels,
  at: number,
  planes: number,
  height: number,
  width: number,
  dx: number,
  dy: number,
): void {
  const left = Math.min(width, Math.max(0, -dx));
  const right = Math.max(left, Math.min(width, width - dx));
  const shift = dy * width + dx;
  let row = at;
  for (let p = 0; p < planes; p++) {
    for (let y = 0; y < height; y++, row += width) {
      if (y + dy < 0 || y + dy >= height) {
        for (let i = row; i < row + width; i++) target[i] = 0;
        continue;
      }
      for (let i = row; i < row + left; i++) target[i] = 0;
      for (let i = row + left; i < row + right; i++) target[i] = source[i + shift];
      for (let i = row + right; i < row + width; i++) target[i] = 0;
    }
  }
}

/** Zeroes rows [top, bottom) by columns [left, right), clipped to the image. Its own adjoint. */
export function cutImage(
  source: Float32Array,
  target: Float32Array,
  at: number,
  planes: number,
  height: number,
  width: number,
  top: number,
  left: number,
  bottom: number,
  right: number,
): void {
  const plane = height * width;
  target.set(source.subarray(at, at + planes * plane), at);
  const from = Math.max(0, left);
  const to = Math.min(width, right);
  for (let p = 0; p < planes; p++) {
    for (let y = Math.max(0, top); y < Math.min(height, bottom); y++) {
      const row = at + p * plane + y * width;
      for (let i = row + from; i < row + to; i++) target[i] = 0;
    }
  }
}

/** Mirrors left to right where `flipped`, else copies. Its own adjoint. */
export function flipImage(
  source: Pixels,
  target: Pixels,
  at: number,
  planes: number,
  height: number,
  width: number,
  flipped: boolean,
): void {
  const end = at + planes * height * width;
  if (!flipped) {
    target.set(source.subarray(at, end), at);
    return;
  }
  for (let row = at; row < end; row += width) {
    const last = row + width - 1;
    for (let x = 0; x < width; x++) target[row + x] = source[last - x];
  }
}
