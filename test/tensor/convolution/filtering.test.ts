// Winograd's filtering: convolutions of small maps with their gradients, and gradients of 5 x 5 convolutions, as products of matrices; going
// forwards, along rows.

import { afterAll, expect, test } from "vitest";
import { createEngine } from "../../../src/engine/index.ts";
import { winograd2dPays } from "../../../src/tensor/convolution/winograd2d.ts";
import * as t from "../../../src/tensor/index.ts";
import { sizeOf } from "../../../src/tensor/size.ts";
import { interpret } from "../../support/interpreter.ts";
import { difference, draw } from "../values.ts";

const engine = await createEngine({ workers: 1 });
afterAll(() => engine.close());

/** Programs of a convolution with both gradients, of arguments drawn for its shapes, and what they should give. */
function convolution(x: t.Shape, w: t.Shape, padding: number, stride: number = 1) {
  const [image, weight] = [t.input("x", x), t.input("w", w)];
  const y = t.conv2d(image, weight, { padding, stride });
  const g = t.input("g", y.shape);
  const [dx, dw] = t.vjp(y, g, [image, weight]);
  const feeds = Object.fromEntries(
    [image, weight, g].map(({ size, shape }, i) => ["xwg"[i], draw("normal", size, `filtering ${shape}`)]),
  );
  const program = (options: t.CompileOptions) => t.compile("filtering", { y, dx, dw }, options);
  return { program, feeds, exact: () => interpret({ y, dx, dw }, feeds) };
}

const small: [t.Shape, t.Shape, number?][] = [
  [
    [8, 64, 2, 2],
    [64, 64, 3, 3],
  ],
  [
    [8, 64, 4, 4],
    [68, 64, 3, 3],
  ],
  [
    [8, 66, 8, 8],
    [64, 66, 3, 3],
  ],
  [
    [9, 64, 2, 4],
    [64, 64, 3, 3],
  ],
  [
    [8, 64, 8, 2],
    [65, 64, 3, 3],
  ],
  [[8, 64, 8, 8], [66, 64, 3, 3], 2],
  [[8, 64, 4, 8], [64, 64, 3, 3], 2],
];

test.each(small)(
  "a convolution of %j by %j, with its gradients, agrees with the definition",
  async (x, w, stride = 1) => {
    const { program, feeds, exact } = convolution(x, w, 1, stride);
    expect(winograd2dPays(x, w, stride, 1)).toBe(true);
    const actual = await engine.run(program({ cpu: true, winogradGradients: true }), feeds);
    // In float64 where that is quick; the direct program is checked against it elsewhere.
    const expected = sizeOf(x) < 4096 ? exact() : await engine.run(program({}), feeds);
    for (const [name, values] of Object.entries(expected)) {
      expect(difference(actual[name], values), name).toBeLessThan(name === "y" ? 3e-6 : 1e-5);
    }
  },
);

const rows: [t.Shape, t.Shape][] = [
  [
    [8, 32, 8, 2],
    [36, 32, 3, 3],
  ],
  [
    [9, 64, 8, 8],
    [68, 64, 3, 3],
  ],
  [
    [8, 33, 10, 16],
    [32, 33, 3, 3],
  ],
];

/** A convolution alone, filtered and as defined. */
function forward(x: t.Shape, w: t.Shape, options: t.ConvolutionOptions = { padding: 1 }) {
  const y = t.conv2d(t.input("x", x), t.input("w", w), options);
  const [filtered, direct] = [t.compile("rows", { y }, { winogradForward: true }), t.compile("rows", { y })];
  return { y, filtered, direct, same: filtered.id === direct.id };
}

test.each(rows)("rows of a convolution of %j by %j are rounded as by the definition", async (x, w) => {
  const { y, filtered, direct, same } = forward(x, w);
  expect(same).toBe(false);
  const feeds = { x: draw("normal", sizeOf(x), "rows x"), w: draw("normal", sizeOf(w), "rows w") };
  const [actual, expected] = [await engine.run(filtered, feeds), await engine.run(direct, feeds)];
  expect(difference(actual.y, expected.y)).toBeLessThan(1e-6);
  if (sizeOf(x) > 4096) return;
  const exact = interpret({ y }, feeds).y;
  expect(difference(actual.y, exact)).toBeLessThan(2 * difference(expected.y, exact));
});

test("rows are not filtered where that does not fit or pay", () => {
  const [x, w] = rows[2];
  expect(forward([7, ...x.slice(1)], w).same).toBe(true);
  expect(forward([8, 33, 9, 16], w).same).toBe(true);
  expect(forward([8, 33, 6, 16], w).same).toBe(true);
  expect(forward([8, 31, 10, 16], [32, 31, 3, 3]).same).toBe(true);
  expect(forward(x, [31, 33, 3, 3]).same).toBe(true);
  expect(forward(x, w, { padding: 0 }).same).toBe(true);
  expect(forward(x, w, { padding: 1, stride: 2 }).same).toBe(true);
});

const fives: [t.Shape, t.Shape][] = [
  [
    [2, 64, 8, 8],
    [66, 64, 5, 5],
  ],
  [
    [1, 65, 4, 8],
    [64, 65, 5, 5],
  ],
];

test.each(fives)("gradients of a convolution of %j by %j agree with the definition", async (x, w) => {
  const { program, feeds, exact } = convolution(x, w, 2);
  const filtered = program({ cpu: true, winogradGradients: true });
  expect(filtered.id).not.toBe(program({ cpu: true }).id);
  const actual = await engine.run(filtered, feeds);
  const expected = sizeOf(x) < 4096 ? exact() : await engine.run(program({}), feeds);
  for (const [name, values] of Object.entries(expected)) {
    expect(difference(actual[name], values), name).toBeLessThan(name === "y" ? 3e-6 : 2e-5);
  }
});

test("is not used where it does not fit", () => {
  const [x, w] = small[1];
  expect(winograd2dPays([7, ...x.slice(1)], w, 1, 1)).toBe(false);
  expect(winograd2dPays([8, 64, 6, 4], w, 1, 1)).toBe(false);
  expect(winograd2dPays([8, 63, 4, 4], [68, 63, 3, 3], 1, 1)).toBe(false);
  expect(winograd2dPays(x, w, 3, 1)).toBe(false);
  expect(winograd2dPays([8, 64, 2, 4], [64, 64, 3, 3], 2, 1)).toBe(false);
  expect(winograd2dPays(x, [68, 64, 1, 1], 1, 0)).toBe(false);
  const same = (shape: t.Shape, weight: t.Shape, padding: number): boolean => {
    const { program } = convolution(shape, weight, padding);
    return program({ cpu: true, winogradGradients: true }).id === program({ cpu: true }).id;
  };
  expect(same([1, 64, 6, 8], [64, 64, 5, 5], 2)).toBe(true);
  expect(same([1, 64, 8, 8], [64, 64, 5, 5], 1)).toBe(true);
  expect(same([1, 32, 8, 8], [64, 32, 5, 5], 2)).toBe(true);
});
