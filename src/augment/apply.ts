// Applies a drawn augmentation to images, or its adjoint to gradients. For fixed parameters every operation is affine in the
// pixels, so the gradient of any loss of the augmented images passes back through the transpose alone, whatever the pixels are.

import { colorImage } from "./operations/color.ts";
import { cutImage, flipImage, shiftImage } from "./operations/moves.ts";
import { createGrid, fillGrid, gather, scatter } from "./operations/resample.ts";
import type { Augmentation, AugmentStep, ImageShape } from "./types.ts";

/**
 * Augments float32 NCHW images.
 * @param a what to apply; with `a.count` set, `shape[0]` must equal it
 * @param shape `[count, channels, height, width]`
 * @param out where to write, of the same length; may not overlap `images`. A new array by default
 * @returns `out`
 * @throws RangeError where sizes do not fit together
 */
export function augment(a: Augmentation, images: Float32Array, shape: ImageShape, out?: Float32Array): Float32Array {
  return run(a, images, shape, out, false);
}

/**
 * The transpose of the linear part of {@link augment}: turns gradients for augmented images into gradients for the images.
 * Parameters, errors and result as there.
 */
export function augmentAdjoint(
  a: Augmentation,
  gradients: Float32Array,
  shape: ImageShape,
  out?: Float32Array,
): Float32Array {
  return run(a, gradients, shape, out, true);
}

function run(
  a: Augmentation,
  input: Float32Array,
  shape: ImageShape,
  out: Float32Array = new Float32Array(input.length),
  adjoint: boolean,
): Float32Array {
  check(a, input, shape, out);
  const steps = adjoint ? [...a.steps].reverse() : a.steps;
  if (steps.length === 0) out.set(input);
  const spare = steps.length > 1 ? new Float32Array(input.length) : out;
  let from = input;
  for (let i = 0; i < steps.length; i++) {
    const to = (steps.length - 1 - i) % 2 === 0 ? out : spare; // the last step writes to out
    applyStep(steps[i], from, to, shape, adjoint);
    from = to;
  }
  return out;
}

function applyStep(step: AugmentStep, from: Float32Array, to: Float32Array, shape: ImageShape, adjoint: boolean): void {
  const [count, channels, height, width] = shape;
  const plane = height * width;
  const size = channels * plane;
  switch (step.operation) {
    case "color":
      for (let n = 0; n < count; n++) {
        const brightness = adjoint ? 0 : pick(step.brightness, n);
        colorImage(from, to, n * size, channels, plane, brightness, pick(step.saturation, n), pick(step.contrast, n));
      }
      break;
    case "crop": {
      const sign = adjoint ? -1 : 1;
      for (let n = 0; n < count; n++) {
        shiftImage(from, to, n * size, channels, height, width, sign * pick(step.dx, n), sign * pick(step.dy, n));
      }
      break;
    }
    case "cutout":
      for (let n = 0; n < count; n++) {
        const left = pick(step.x, n) - Math.floor(step.holeWidth / 2);
        const top = pick(step.y, n) - Math.floor(step.holeHeight / 2);
        const bottom = top + step.holeHeight;
        cutImage(from, to, n * size, channels, height, width, top, left, bottom, left + step.holeWidth);
      }
      break;
    case "flip":
      for (let n = 0; n < count; n++) flipImage(from, to, n * size, channels, height, width, pick(step.flipped, n));
      break;
    case "scale":
    case "rotate": {
      const grid = createGrid(height, width);
      const resample = adjoint ? scatter : gather;
      const sets = parameterCount(step);
      for (let n = 0; n < sets; n++) {
        fillGrid(grid, theta(step, n));
        if (sets === 1) resample(from, to, 0, count * channels, grid);
        else resample(from, to, n * size, channels, grid);
      }
      break;
    }
  }
}

/** One parameter set for all images, or one an image. */
function pick<T>(values: readonly T[], n: number): T {
  return values[values.length === 1 ? 0 : n];
}

function theta(step: AugmentStep & { operation: "scale" | "rotate" }, n: number): [number, number, number, number] {
  if (step.operation === "scale") return [step.x[n], 0, 0, step.y[n]];
  const angle = (step.degrees[n] * Math.PI) / 180;
  return [Math.cos(angle), -Math.sin(angle), Math.sin(angle), Math.cos(angle)];
}

function parameterArrays(step: AugmentStep): readonly (readonly unknown[])[] {
  return Object.values(step).filter((value): value is readonly unknown[] => Array.isArray(value));
}

function parameterCount(step: AugmentStep): number {
  return parameterArrays(step)[0].length;
}

function check(a: Augmentation, input: Float32Array, shape: ImageShape, out: Float32Array): void {
  const [count, channels, height, width] = shape;
  const length = count * channels * height * width;
  if (input.length !== length)
    throw new RangeError(`augment: ${input.length} values for the shape [${shape.join(", ")}]`);
  if (out.length !== length) throw new RangeError(`augment: room for ${out.length} values, but there are ${length}`);
  if (height !== a.height || width !== a.width) {
    throw new RangeError(`augment: drawn for ${a.height}x${a.width} images, given ${height}x${width}`);
  }
  if (a.count !== undefined && a.count !== count)
    throw new RangeError(`augment: drawn for ${a.count} images, given ${count}`);
  for (const step of a.steps) {
    const bad = parameterArrays(step).find((values) => values.length !== (a.count ?? 1));
    if (bad) throw new RangeError(`augment: ${step.operation} has ${bad.length} parameters for ${a.count ?? 1} sets`);
  }
  if (
    input.buffer === out.buffer &&
    input.byteOffset < out.byteOffset + out.byteLength &&
    out.byteOffset < input.byteOffset + input.byteLength
  ) {
    throw new RangeError("augment: images and out overlap");
  }
}
