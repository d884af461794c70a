// Planes of pixels to read and to write: what the kernels of operations work on.

import type { ImageShape } from "./operation.ts";

/** `count` planes of `height` x `width` from index `at` on, as floats or as bytes. */
export interface Planes<Pixels extends Float32Array | Uint8Array = Float32Array> {
  readonly source: Pixels;
  readonly target: Pixels;
  readonly at: number;
  readonly count: number;
  readonly height: number;
  readonly width: number;
}

/** Calls `work` with the planes of each image in turn. */
export function eachImage(
  { source, target, shape }: { source: Float32Array; target: Float32Array; shape: ImageShape },
  work: (planes: Planes, n: number) => void,
): void {
  const [images, count, height, width] = shape;
  const size = count * height * width;
  for (let n = 0; n < images; n++) work({ source, target, at: n * size, count, height, width }, n);
}
