// Applies a drawn augmentation to images, or its adjoint to gradients. For fixed parameters every operation is affine
// in the pixels, so the gradient of any loss of the augmented images passes back through the transpose alone, whatever
// the pixels are.

import type { ImageShape } from "./operation.ts";
import { type Augmentation, type AugmentStep, operationOf } from "./registry.ts";

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
 * The transpose of the linear part of {@link augment}: turns gradients for augmented images into gradients for the
 * images. Parameters, errors and result as there.
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
    const images = { source: from, target: to, shape };
    if (adjoint) operationOf(steps[i]).adjoint(steps[i], images);
    else operationOf(steps[i]).apply(steps[i], images);
    from = to;
  }
  return out;
}

function parameterArrays(step: AugmentStep): readonly (readonly unknown[])[] {
  return Object.values(step).filter((value): value is readonly unknown[] => Array.isArray(value));
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
