// Augmentations of images as bytes, as evaluation knows them: drawn once for a batch, not differentiable. Steps are
// plain data.
//
// Numbers are those of torchvision 0.12 on uint8 tensors, to the byte: what it computes in float32 is computed so, and
// cut to a byte.

import type { ImageShape } from "../operation.ts";
import { adjustHue, autoContrast, blendBytes, contrast, equalize, saturate, sharpen } from "./color.ts";
import { flipBytes, resampleBytes, shiftBytes } from "./moves.ts";

/** One operation on all images of a batch. */
export type PixelStep =
  /** Pixels: `out[y][x] = in[y + dy][x + dx]`, black outside. */
  | { readonly operation: "shift"; readonly dx: number; readonly dy: number }
  | { readonly operation: "mirror" }
  /** About the middle, nearest pixel, black outside: `x` moves by `slope` times y, or y by `slope` times x. */
  | { readonly operation: "shear"; readonly axis: "x" | "y"; readonly slope: number }
  /** Counterclockwise about the middle, nearest pixel, black outside. */
  | { readonly operation: "turn"; readonly degrees: number }
  /** `factor` 0: black; its grey; its mean grey; smoothed. 1: as it is. Above: away from there. */
  | { readonly operation: "brightness" | "saturation" | "contrast" | "sharpness"; readonly factor: number }
  /** Turns the hue by a part of the circle, in [-0.5, 0.5]. */
  | { readonly operation: "hue"; readonly part: number }
  /** Keeps the upper `bits`. */
  | { readonly operation: "posterize"; readonly bits: number }
  /** Inverts what is not below `threshold`. */
  | { readonly operation: "solarize"; readonly threshold: number }
  /** Stretches each channel to [0, 255]; evens its histogram out; 255 - x. */
  | { readonly operation: "autocontrast" | "equalize" | "invert" };

/**
 * Augments uint8 NCHW images.
 *
 * @returns a new array, or `images` where there is nothing to do.
 * @throws RangeError where sizes do not fit together
 */
export function augmentPixels(steps: readonly PixelStep[], images: Uint8Array, shape: ImageShape): Uint8Array {
  const [count, channels, height, width] = shape;
  if (images.length !== count * channels * height * width) {
    throw new RangeError(`augmentPixels: ${images.length} bytes for the shape [${shape.join(", ")}]`);
  }
  return steps.reduce((from, step) => applyStep(step, from, shape), images);
}

function applyStep(step: PixelStep, from: Uint8Array, shape: ImageShape): Uint8Array {
  const [, channels] = shape;
  switch (step.operation) {
    case "shift":
      return shiftBytes(from, shape, step.dx, step.dy);
    case "mirror":
      return flipBytes(from, shape);
    case "shear":
      return resampleBytes(from, shape, step.axis === "x" ? [1, step.slope, 0, 1] : [1, 0, step.slope, 1]);
    case "turn": {
      const angle = (step.degrees * Math.PI) / 180;
      return resampleBytes(from, shape, [Math.cos(angle), -Math.sin(angle), Math.sin(angle), Math.cos(angle)]);
    }
    case "brightness":
      return blendBytes(from, () => 0, step.factor);
    case "saturation":
      return channels === 3 ? saturate(from, shape, step.factor) : from;
    case "contrast":
      return contrast(from, shape, step.factor);
    case "sharpness":
      return sharpen(from, shape, step.factor);
    case "hue":
      return channels === 3 ? adjustHue(from, shape, step.part) : from;
    case "posterize": {
      const mask = (0xff << (8 - step.bits)) & 0xff;
      return from.map((value) => value & mask);
    }
    case "solarize":
      return from.map((value) => (value >= step.threshold ? 255 - value : value));
    case "autocontrast":
      return autoContrast(from, shape);
    case "equalize":
      return equalize(from, shape);
    case "invert":
      return from.map((value) => 255 - value);
  }
}
