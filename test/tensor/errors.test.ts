// Mistakes show when the computation is traced, and the message says which shapes did not fit.

import { describe, expect, test } from "vitest";
import * as t from "../../src/tensor/index.ts";

const x = (...shape: number[]): t.Tensor => t.input("x", shape);

describe.each<[string, () => unknown, string]>([
  ["add", () => t.add(x(2, 3), x(4)), "add: shapes [2, 3] and [4] cannot be broadcast together"],
  ["sub", () => t.sub(x(2), x(3)), "sub: shapes [2] and [3] cannot be broadcast together"],
  ["mul", () => t.mul(x(2), x(3)), "mul: shapes [2] and [3] cannot be broadcast together"],
  ["div", () => t.div(x(2, 1, 5), x(3, 4)), "div: shapes [2, 1, 5] and [3, 4] cannot be broadcast together"],
  ["maximum", () => t.maximum(x(2), x(3)), "maximum: shapes [2] and [3] cannot be broadcast together"],
  ["power", () => t.power(x(2), Number.NaN), "power: the exponent must be finite, got NaN"],
  ["matmul", () => t.matmul(x(2, 3), x(4, 5)), "matmul: shapes [2, 3] and [4, 5] do not match"],
  ["matmul of vectors", () => t.matmul(x(3), x(3)), "matmul: shapes [3] and [3] do not match"],
  [
    "matmul, batches",
    () => t.matmul(x(2, 3, 4), x(3, 4, 5)),
    "matmul: shapes [2] and [3] cannot be broadcast together",
  ],
  [
    "conv2d, channels",
    () => t.conv2d(x(1, 3, 8, 8), x(4, 2, 3, 3)),
    "conv2d: input [1, 3, 8, 8] and weight [4, 2, 3, 3] do not match",
  ],
  [
    "conv2d, rank",
    () => t.conv2d(x(3, 8, 8), x(4, 3, 3, 3)),
    "conv2d: input [3, 8, 8] and weight [4, 3, 3, 3] do not match",
  ],
  [
    "conv2d, size",
    () => t.conv2d(x(1, 1, 2, 8), x(1, 1, 3, 3)),
    "conv2d: weight [1, 1, 3, 3] is larger than input [1, 1, 2, 8] with padding 0",
  ],
  [
    "conv2d, stride",
    () => t.conv2d(x(1, 1, 4, 4), x(1, 1, 3, 3), { stride: 0 }),
    "conv2d: stride must be >= 1 and padding >= 0, got 0 and 0",
  ],
  [
    "conv2d, padding",
    () => t.conv2d(x(1, 1, 4, 4), x(1, 1, 3, 3), { padding: -1 }),
    "conv2d: stride must be >= 1 and padding >= 0, got 1 and -1",
  ],
  ["averagePool, rank", () => t.averagePool(x(4, 4), 2), "averagePool: needs [n, c, h, w], got [4, 4]"],
  [
    "averagePool, size",
    () => t.averagePool(x(1, 1, 1, 4), 2),
    "averagePool: a window of 2 is larger than input [1, 1, 1, 4]",
  ],
  [
    "maxPool, window",
    () => t.maxPool(x(1, 1, 4, 4), 2, { padding: 2 }),
    "maxPool: kernel 2, stride 2, padding 2 is not a window",
  ],
  [
    "maxPool, stride",
    () => t.maxPool(x(1, 1, 4, 4), 2, { stride: 0.5 }),
    "maxPool: kernel 2, stride 0.5, padding 0 is not a window",
  ],
  [
    "groupNorm",
    () => t.groupNorm(x(1, 6, 2, 2), 4, x(6), x(6)),
    "groupNorm: 4 groups do not divide the channels of [1, 6, 2, 2]",
  ],
  ["groupNorm, scale", () => t.groupNorm(x(1, 6, 2, 2), 6, x(5), x(6)), "needs scale and bias of [6], got [5] and [6]"],
  ["batchNorm", () => t.batchNorm(x(6, 2), x(2), x(2)), "batchNorm: needs [n, c, h, w], got [6, 2]"],
  ["batchStatistics", () => t.batchStatistics(x(6, 2)), "batchStatistics: needs [n, c, h, w], got [6, 2]"],
  ["normalizeL2", () => t.normalizeL2(x(2, 3), 2), "sum: axis 2 is out of range for rank 2"],
  ["sum", () => t.sum(x(2, 3), [-3]), "sum: axis -3 is out of range for rank 2"],
  ["mean, fraction", () => t.mean(x(2, 3), [0.5]), "sum: axis 0.5 is out of range for rank 2"],
  ["max, repeated", () => t.max(x(2, 3), [1, -1]), "max: repeated axis in [1, -1]"],
  ["reshape", () => t.reshape(x(2, 3), [4, 2]), "reshape: cannot reshape [2, 3] to [4, 2]"],
  ["reshape, remainder", () => t.reshape(x(10), [3, -1]), "reshape: cannot reshape [10] to [3, -1]"],
  ["reshape, two unknown", () => t.reshape(x(1), [-1, -1]), "reshape: cannot reshape [1] to [-1, -1]"],
  ["reshape, negative", () => t.reshape(x(6), [-2, -3]), "reshape: cannot reshape [6] to [-2, -3]"],
  ["transpose", () => t.transpose(x(2, 3), [0, 0]), "transpose: [0, 0] is not a permutation of the axes of [2, 3]"],
  ["expand", () => t.expand(x(2, 3), [3]), "expand: [2, 3] does not broadcast to [3]"],
  ["slice, outside", () => t.slice(x(4), [1], [5]), "slice: 1:5:1 is not inside axis 0 of [4]"],
  ["slice, empty", () => t.slice(x(4), [2], [2]), "slice: 2:2:1 is not inside axis 0 of [4]"],
  ["slice, fraction", () => t.slice(x(4), [0.5], [3]), "slice: 0.5:3:1 is not inside axis 0 of [4]"],
  ["slice, rank", () => t.slice(x(4, 4), [0], [2]), "slice: [4, 4] needs 2 starts, ends and steps"],
  ["pad", () => t.pad(x(4), [-1], [0]), "pad: [-1] and [0] do not fit [4]"],
  ["pad, rank", () => t.pad(x(4, 2), [1], [0]), "pad: [1] and [0] do not fit [4, 2]"],
  ["concatenate", () => t.concatenate([x(2, 3), x(3, 3)], 1), "concatenate: [2, 3] and [3, 3] do not agree off axis 1"],
  ["concatenate, axis", () => t.concatenate([x(2, 3)], 2), "concatenate: no axis 2 in [2, 3]"],
  ["concatenate of nothing", () => t.concatenate([]), "concatenate: needs at least one array"],
  ["gather", () => t.gather(x(2, 3), [3], 1), "gather: index 3 is outside axis 1 of [2, 3]"],
  ["gather, axis", () => t.gather(x(2, 3), [0], 2), "gather: no axis 2 in [2, 3]"],
  ["crossEntropy", () => t.crossEntropy(x(2, 3), x(2, 4)), "crossEntropy: logits [2, 3] and targets [2, 4] differ"],
  ["constant", () => t.constant([1, 2, 3], [2, 2]), "constant: 3 values do not fill shape [2, 2]"],
  ["input, extent", () => t.input("x", [2, 0]), "input: every extent must be a positive integer, got shape [2, 0]"],
  ["grad", () => t.grad(x(2), [x(2)]), "grad: needs a scalar, got shape [2]"],
  ["vjp", () => t.vjp(x(2), x(3), [x(2)]), "vjp: shapes [2] and [3] cannot be broadcast together"],
  ["vjp, larger", () => t.vjp(x(2), x(3, 2), [x(2)]), "vjp: cotangent [3, 2] does not fit [2]"],
])("%s", (_, mistake, message) => {
  test("is refused with both sides in the message", () => {
    expect(mistake).toThrow(RangeError);
    expect(mistake).toThrow(message);
  });
});

test.each(["", "2x", "a b", "#1", "$1", "a/b"])('"%s" is no name of an input', (name) => {
  expect(() => t.input(name, [1])).toThrow(TypeError);
  expect(() => t.input(name, [1])).toThrow(`"${name}" is not a valid name`);
});
