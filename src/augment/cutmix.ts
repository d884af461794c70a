// CutMix (Yun et al. 2019): each image of a batch gets a box of another one, and its label in proportion.

import type { Stream } from "../random/index.ts";
import type { ImageShape } from "./operation.ts";

/** How often, and from which distribution. */
export interface CutMixOptions {
  /** That a batch is mixed, in [0, 1]. */
  readonly probability: number;
  /** Of Beta(beta, beta), from which the share that images keep is drawn; above 0. 1 is uniform. */
  readonly beta: number;
}

/** A drawn mix of a batch: plain data to look at, or to set by hand. */
export interface CutMix {
  /** Share of its area that an image would keep if the box lay inside it, in [0, 1]. */
  readonly lambda: number;
  /** The pixel at the centre of the box. */
  readonly x: number;
  readonly y: number;
  /** Of each image, the one that it gets the box of. */
  readonly partners: ArrayLike<number>;
}

/** Draws whether a batch of `count` images is mixed, and how; `undefined`: it is not. */
export function drawCutMix(
  stream: Stream,
  { probability, beta }: CutMixOptions,
  { height, width, count }: { readonly height: number; readonly width: number; readonly count: number },
): CutMix | undefined {
  if (stream.uniform() >= probability) return undefined;
  const lambda = stream.beta(beta);
  return { lambda, x: stream.integer(width), y: stream.integer(height), partners: stream.permutation(count) };
}

/**
 * Images with the box of their partners.
 * @param images float32 NCHW, augmented before
 * @param shape `[count, channels, height, width]`
 * @returns a new array
 * @throws RangeError where there are not as many partners as images
 */
export function cutMixImages(mix: CutMix, images: Float32Array, [count, channels, ...size]: ImageShape): Float32Array {
  assertPartners(mix, count);
  const [height, width] = size;
  const { top, bottom, left, right } = boxOf(mix, height, width);
  const out = images.slice();
  const plane = height * width;
  for (let n = 0; n < count; n++) {
    const shift = (mix.partners[n] - n) * channels * plane;
    for (let p = n * channels; p < (n + 1) * channels; p++) {
      for (let y = top; y < bottom; y++) {
        const from = p * plane + y * width + left;
        out.set(images.subarray(from + shift, from + shift + right - left), from);
      }
    }
  }
  return out;
}

/**
 * The targets of mixed images: their own by the area that they keep, those of their partners by that of the box, as it
 * is clipped to the image. Cross-entropy is linear in its targets: against these it is the weighted sum of two.
 * @param targets probabilities `[count, classes]`
 * @param shape that of the images
 * @returns a new array
 * @throws RangeError where there are not as many partners as images
 */
export function cutMixTargets(mix: CutMix, targets: Float32Array, [count, , height, width]: ImageShape): Float32Array {
  assertPartners(mix, count);
  const { top, bottom, left, right } = boxOf(mix, height, width);
  const given = ((bottom - top) * (right - left)) / (height * width);
  const classes = targets.length / count;
  return targets.map((own, i) => {
    const n = Math.floor(i / classes);
    return (1 - given) * own + given * targets[i + (mix.partners[n] - n) * classes];
  });
}

/** Rows [top, bottom), columns [left, right): as in the released code, with even sides where nothing is clipped. */
function boxOf(
  { lambda, x, y }: CutMix,
  height: number,
  width: number,
): Readonly<Record<"top" | "bottom" | "left" | "right", number>> {
  const share = Math.sqrt(1 - lambda);
  const across = Math.floor(Math.floor(width * share) / 2);
  const down = Math.floor(Math.floor(height * share) / 2);
  return {
    top: Math.max(0, y - down),
    bottom: Math.min(height, y + down),
    left: Math.max(0, x - across),
    right: Math.min(width, x + across),
  };
}

function assertPartners({ partners }: CutMix, count: number): void {
  if (partners.length === count) return;
  throw new RangeError(`cutMix: ${partners.length} partners for ${count} images`);
}
