// Writes a convolution, around a fault of ONNX Runtime.

import type { AttributeValue, Emitter } from "./emitter.ts";

/** Adds `Conv(x, w)` of one group, from `inputs` channels to `outputs`. */
export function emitConv(
  emitter: Emitter,
  [x, w]: readonly string[],
  outputs: number,
  inputs: number,
  attributes: Readonly<Record<string, AttributeValue>>,
): string {
  // ONNX Runtime 1.30 convolves 6, 9, 15, ... channels into a multiple of 4 wrongly on WebGPU: fill up with zeros.
  const missing = inputs > 3 && inputs % 3 === 0 && outputs % 4 === 0 ? -inputs & 3 : 0;
  if (missing === 0) return emitter.node("Conv", [x, w], attributes);
  const fill = emitter.int64([0, 0, 0, 0, 0, missing, 0, 0]);
  return emitter.node("Conv", [emitter.node("Pad", [x, fill]), emitter.node("Pad", [w, fill])], attributes);
}
