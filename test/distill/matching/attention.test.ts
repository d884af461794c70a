// Attention vectors against the paper's formula, worked out number by number.

import { describe, expect, it } from "vitest";
import { type AttentionOptions, attention } from "../../../src/distill/matching/attention.ts";
import { Key } from "../../../src/random/index.ts";
import { input } from "../../../src/tensor/index.ts";
import { interpret } from "../../support/interpreter.ts";

const [n, c, h, w] = [2, 3, 2, 3];
const places = h * w;

/** `z / ||z||`, `z = vec(sum over channels of |f|^p)` (or the maximum over them), image by image. */
function expected(map: Float32Array, { power, reduction, norm }: AttentionOptions): number[] {
  return Array.from({ length: n }, (_, image) => {
    const z = Array.from({ length: places }, (_, place) => {
      const raised = Array.from({ length: c }, (_, k) => Math.abs(map[(image * c + k) * places + place]) ** power);
      return reduction === "sum" ? raised.reduce((sum, value) => sum + value, 0) : Math.max(...raised);
    });
    const length = norm === "l1" ? z.reduce((sum, value) => sum + value, 0) : Math.hypot(...z);
    return z.map((value) => (norm === "none" ? value : value / length));
  }).flat();
}

function attentionOf(map: Float32Array, options: AttentionOptions): Float64Array {
  return interpret({ attention: attention(input("map", [n, c, h, w]), options) }, { map }).attention;
}

describe("attention", () => {
  const cases = [1, 2, 3, 4].flatMap((power) =>
    (["sum", "max"] as const).flatMap((reduction) =>
      (["l2", "l1", "none"] as const).map((norm): AttentionOptions => ({ power, reduction, norm })),
    ),
  );
  // Signs of both kinds: activations other than ReLU have them.
  const map = Key.fromSeed(1)
    .stream()
    .fillNormal(new Float32Array(n * c * places));

  it.each(cases)("is the formula's at power $power, reduction $reduction, norm $norm", (options) => {
    const values = attentionOf(map, options);
    const wanted = expected(map, options);
    expect(values).toHaveLength(wanted.length);
    for (const [i, value] of wanted.entries()) expect(values[i]).toBeCloseTo(value, 12);
  });

  it.each(cases)("of a map of zeros is zero at power $power, reduction $reduction, norm $norm", (options) => {
    expect([...attentionOf(new Float32Array(map.length), options)]).toEqual(new Array(n * places).fill(0));
  });
});
