// What an augmentation operation is: how its parameters are drawn, what it does to images, and the adjoint of that.

import type { Stream } from "../random/index.ts";

/** `[images, channels, height, width]` */
export type ImageShape = readonly [count: number, channels: number, height: number, width: number];

/** Float32 NCHW images to read, and where to write them; the two do not overlap. */
export interface Images {
  readonly source: Float32Array;
  /** Every value is to be written. */
  readonly target: Float32Array;
  readonly shape: ImageShape;
}

/** What parameters are drawn from and for. */
export interface DrawContext {
  readonly stream: Stream;
  readonly height: number;
  readonly width: number;
  /** One draw for each parameter set. */
  each<Value>(draw: () => Value): Value[];
  /** One number from U(low, high) for each parameter set. */
  between(low: number, high: number): number[];
}

/**
 * One operation. Its parameters are plain data; each array among them holds one value (shared by all images) or one
 * value an image. For fixed parameters it must be affine in the pixels.
 */
export interface Operation<Parameters extends object> {
  /** Whether it mirrors images: the automatic strategy leaves it out where a mirrored image changes its class. */
  readonly mirrors: boolean;
  draw(context: DrawContext): Parameters;
  apply(parameters: Parameters, images: Images): void;
  /** The transpose of the linear part of `apply`: from gradients for its target to gradients for its source. */
  adjoint(parameters: Parameters, gradients: Images): void;
}

/** The value for image `n`: the only one, or its own. */
export function valueFor<Value>(values: readonly Value[], n: number): Value {
  return values[values.length === 1 ? 0 : n];
}
