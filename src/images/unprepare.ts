// From the space that networks see back to bytes.

import { multiplyInto } from "../linalg/index.ts";
import { checkNormalization, toByte } from "./normalize.ts";
import type { Preprocessing } from "./types.ts";

/**
 * Undoes whitening (`x unwhiten + mean`) and normalisation, clamps to [0, 255] and rounds half up.
 *
 * @param images float32 NCHW, `n * c * h * w` long.
 * @returns uint8 NCHW. With whitening a few hundred images of 3x32x32 take seconds.
 */
export function unprepare(
  images: Float32Array,
  shape: readonly [n: number, c: number, h: number, w: number],
  preprocessing: Preprocessing,
): Uint8Array {
  const [n, channels, height, width] = shape;
  const area = height * width;
  const d = channels * area;
  if (images.length !== n * d) {
    throw new RangeError(`${images.length} numbers are not images of shape [${shape.join(", ")}]`);
  }
  const { normalization, zca } = preprocessing;
  checkNormalization(normalization, channels, "images");
  let normalized: Float32Array | Float64Array = images;
  if (zca) {
    if (zca.mean.length !== d) {
      throw new RangeError(`whitening of ${zca.mean.length} numbers an image does not fit shape [${shape.join(", ")}]`);
    }
    normalized = new Float64Array(n * d);
    multiplyInto(images, zca.unwhiten, n, d, d, normalized); // unwhiten is its own transpose
    for (let i = 0; i < normalized.length; i++) normalized[i] += zca.mean[i % d];
  }
  const out = new Uint8Array(n * d);
  for (let plane = 0; plane < n * channels; plane++) {
    const [mean, std] = [normalization.mean[plane % channels], normalization.std[plane % channels]];
    for (let i = plane * area; i < (plane + 1) * area; i++) out[i] = toByte(normalized[i], mean, std);
  }
  return out;
}
