// Linear operations at random shapes: the gradient is the adjoint, <A x, y> = <x, A' y>, and the engine agrees.

import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { createEngine } from "../../src/engine/index.ts";
import * as t from "../../src/tensor/index.ts";
import { interpret } from "../support/interpreter.ts";
import { difference, dot, dotScale, draw } from "./values.ts";

const engine = await createEngine({ workers: 1 });
afterAll(() => engine.close());

type Linear = { readonly name: string; readonly shape: t.Shape; readonly f: (x: t.Tensor) => t.Tensor };

const extent = fc.integer({ min: 1, max: 7 });
const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });

/** A window of positive extent that fits `size` with its padding. */
const geometry = fc
  .record({
    size: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
    kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    stride: fc.integer({ min: 1, max: 4 }),
    padding: fc.integer({ min: 0, max: 3 }),
  })
  .filter(({ size, kernel, padding }) => kernel.every((k, i) => k <= size[i] + 2 * padding));

const slices: fc.Arbitrary<Linear> = shapes.chain((shape) =>
  fc.tuple(...shape.map((e) => fc.tuple(fc.nat(e - 1), fc.nat(e - 1), fc.integer({ min: 1, max: 4 })))).map((axes) => {
    const [starts, ends] = [axes.map(([a, b]) => Math.min(a, b)), axes.map(([a, b]) => Math.max(a, b) + 1)];
    const steps = axes.map(([, , stride]) => stride);
    return { name: `slice ${shape} ${starts} ${ends} ${steps}`, shape, f: (x) => t.slice(x, starts, ends, steps) };
  }),
);

const pads: fc.Arbitrary<Linear> = shapes.chain((shape) =>
  fc.tuple(...shape.map(() => fc.tuple(fc.nat(3), fc.nat(3)))).map((axes) => {
    const [before, after] = [axes.map(([a]) => a), axes.map(([, b]) => b)];
    return { name: `pad ${shape} ${before} ${after}`, shape, f: (x) => t.pad(x, before, after) };
  }),
);

const gathers: fc.Arbitrary<Linear> = shapes.chain((shape) =>
  fc.nat(shape.length - 1).chain((axis) =>
    fc.array(fc.nat(shape[axis] - 1), { minLength: 1, maxLength: 6 }).map((indices) => {
      return { name: `gather ${shape} ${indices} ${axis}`, shape, f: (x) => t.gather(x, indices, axis) };
    }),
  ),
);

const transposes: fc.Arbitrary<Linear> = shapes.chain((shape) =>
  fc
    .shuffledSubarray(
      shape.map((_, axis) => axis),
      { minLength: shape.length },
    )
    .map((order) => {
      return { name: `transpose ${shape} ${order}`, shape, f: (x) => t.transpose(x, order) };
    }),
);

const reshapes: fc.Arbitrary<Linear> = fc.tuple(extent, extent, extent).map(([a, b, c]) => {
  return { name: `reshape ${[a, b, c]}`, shape: [a, b, c], f: (x) => t.reshape(x, [c, -1, 1, a]) };
});

const concatenations: fc.Arbitrary<Linear> = shapes.chain((shape) =>
  fc.nat(shape.length - 1).map((axis) => {
    return { name: `concatenate ${shape} ${axis}`, shape, f: (x) => t.concatenate([x, t.mul(x, -2), x], axis) };
  }),
);

const expansions: fc.Arbitrary<Linear> = fc
  .tuple(shapes, fc.array(fc.boolean(), { maxLength: 4 }), extent)
  .map(([full, ones, lead]) => {
    const shape = full.map((e, axis) => (ones[axis] === true ? 1 : e));
    return { name: `expand ${shape} to ${[lead, ...full]}`, shape, f: (x) => t.expand(x, [lead, ...full]) };
  });

const pools: fc.Arbitrary<Linear> = geometry
  .filter(({ size, kernel: [k], padding }) => 2 * padding <= k && size.every((e) => k <= e + 2 * padding))
  .map(({ size, kernel: [kernel], stride, padding }) => {
    const name = `averagePool ${size}, kernel ${kernel}, stride ${stride}, padding ${padding}`;
    return { name, shape: [2, 3, ...size], f: (x) => t.averagePool(x, kernel, { stride, padding }) };
  });

const channels = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom(1, 2, 3, 9), fc.integer({ min: 1, max: 4 }));
const convolutions = (argument: "x" | "w"): fc.Arbitrary<Linear> =>
  fc.tuple(geometry, channels).map(([{ size, kernel, stride, padding }, [n, ci, co]]) => {
    const name = `conv2d in ${argument}: ${[n, ci, ...size]} ${[co, ci, ...kernel]}, stride ${stride}, padding ${padding}`;
    const [x, w] = [
      [n, ci, ...size],
      [co, ci, ...kernel],
    ];
    const fixed = (shape: t.Shape): t.Tensor =>
      t.constant(
        draw(
          "normal",
          shape.reduce((p, e) => p * e, 1),
          `${name} fixed`,
        ),
        shape,
      );
    return argument === "x"
      ? { name, shape: x, f: (v) => t.conv2d(v, fixed(w), { stride, padding }) }
      : { name, shape: w, f: (v) => t.conv2d(fixed(x), v, { stride, padding }) };
  });

const matrices: fc.Arbitrary<Linear> = fc.tuple(extent, extent, extent, extent).map(([batch, m, k, n]) => {
  const name = `matmul ${batch} ${m} ${k} ${n}`;
  return { name, shape: [k, n], f: (x) => t.matmul(t.constant(draw("normal", batch * m * k, name), [batch, m, k]), x) };
});

describe.each<[string, fc.Arbitrary<Linear>]>([
  ["slice", slices],
  ["pad", pads],
  ["gather", gathers],
  ["transpose", transposes],
  ["reshape", reshapes],
  ["concatenate", concatenations],
  ["expand", expansions],
  ["averagePool", pools],
  ["conv2d in its input", convolutions("x")],
  ["conv2d in its weight", convolutions("w")],
  ["matmul", matrices],
])("%s", (_, arbitrary) => {
  test("the gradient is the adjoint, and the engine agrees with float64 on both", async () => {
    const property = fc.asyncProperty(arbitrary, async ({ name, shape, f }) => {
      const x = t.input("x", shape);
      const ax = f(x);
      const y = t.input("y", ax.shape);
      const [aty] = t.vjp(ax, y, [x]);
      expect(aty.shape).toEqual(shape);
      const feeds = { x: draw("normal", x.size, `${name} x`), y: draw("normal", y.size, `${name} y`) };
      const exact = interpret({ ax, aty }, feeds);
      const [left, right] = [dot(exact.ax, feeds.y), dot(feeds.x, exact.aty)];
      expect(Math.abs(left - right) / Math.max(1e-3, dotScale(exact.ax, feeds.y)), name).toBeLessThan(1e-11);
      const actual = await engine.run(t.compile("linear", { ax, aty }), feeds);
      expect(difference(actual.ax, exact.ax), name).toBeLessThan(1e-5);
      expect(difference(actual.aty, exact.aty), name).toBeLessThan(1e-5);
    });
    await fc.assert(property, { numRuns: 60, seed: 7 });
  });
});
