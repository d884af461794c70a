// Differentiation of graphs as wholes: sharing, independence, order.

import { describe, expect, test } from "vitest";
import * as t from "../../src/tensor/index.ts";
import { interpret } from "../support/interpreter.ts";

const value = (tensor: t.Tensor, feeds: Record<string, number[]>): number[] => [...interpret({ tensor }, feeds).tensor];

describe("grad", () => {
  const x = t.input("x", [3]);
  const feeds = { x: [1, 2, 3] };

  test("adds what comes over several paths", () => {
    const square = t.mul(x, x);
    const [g] = t.grad(t.sum(t.add(t.mul(square, x), square)), [x]);
    expect(value(g, feeds)).toEqual([5, 16, 33]);
  });

  test("puts gradients of parts side by side instead of adding them up", () => {
    const parts = [0, 1, 2].map((i) => t.power(t.slice(x, [i], [i + 1]), i + 2));
    const [g] = t.grad(t.sum(t.concatenate(parts)), [x]);
    expect(g.primitive.name).toBe("concatenate");
    expect(value(g, feeds)).toEqual([2, 12, 108]);
  });

  test("is zero for what the output does not depend on", () => {
    const other = t.input("other", [2, 2]);
    const [g] = t.grad(t.sum(x), [other]);
    expect(g.shape).toEqual([2, 2]);
    expect(value(g, feeds)).toEqual([0, 0, 0, 0]);
  });

  test("of a value with respect to itself is one", () => {
    const total = t.sum(x);
    expect(value(t.grad(total, [total])[0], feeds)).toEqual([1]);
  });

  test("takes values in the middle of the graph, and what is before them at the same time", () => {
    const middle = t.mul(x, 2);
    const [gx, gm] = t.grad(t.sum(t.power(middle, 2)), [x, middle]);
    expect(value(gm, feeds)).toEqual([4, 8, 12]);
    expect(value(gx, feeds)).toEqual([8, 16, 24]);
  });

  test("gives one gradient for each entry, also for repeated ones", () => {
    const gradients = t.grad(t.sum(t.power(x, 2)), [x, x]);
    expect(gradients.map((g) => value(g, feeds))).toEqual([
      [2, 4, 6],
      [2, 4, 6],
    ]);
  });

  test("can be taken again and again", () => {
    let y = t.sum(t.power(x, 5));
    for (let order = 0; order < 4; order++) y = t.sum(t.grad(y, [x])[0]);
    expect(value(t.grad(y, [x])[0], feeds)).toEqual([120, 120, 120]);
  });

  test("accepts a scalar of any rank", () => {
    const [g] = t.grad(t.reshape(t.sum(x), [1, 1]), [x]);
    expect(value(g, feeds)).toEqual([1, 1, 1]);
  });

  test("is linear in memory for a chain that shares every value", () => {
    let y = x;
    for (let i = 0; i < 200; i++) y = t.mul(t.add(y, y), 0.5);
    expect(value(t.grad(t.sum(y), [x])[0], feeds)).toEqual([1, 1, 1]);
  });
});

describe("vjp", () => {
  test("broadcasts its cotangent before any gradient rule sees it", () => {
    const [x, w] = [t.input("x", [1, 1, 3, 3]), t.input("w", [1, 1, 2, 2])];
    const feeds = { x: [1, 2, 3, 4, 5, 6, 7, 8, 9], w: [1, 2, 3, 4] };
    const [gx, gw] = t.vjp(t.conv2d(x, w), t.constant(1), [x, w]);
    expect(value(gw, feeds)).toEqual([12, 16, 24, 28]);
    expect(value(gx, feeds)).toEqual([1, 3, 2, 4, 10, 6, 3, 7, 4]);
  });

  test("is zero for values before a step or a sign", () => {
    const x = t.input("x", [2]);
    expect(value(t.vjp(t.step(x), t.constant([1, 1]), [x])[0], { x: [1, -1] })).toEqual([0, 0]);
    expect(value(t.vjp(t.sign(x), t.constant([1, 1]), [x])[0], { x: [1, -1] })).toEqual([0, 0]);
  });
});

describe("the choice at a kink", () => {
  const gradientAt = (f: (x: t.Tensor) => t.Tensor, at: number[], shape: number[] = [at.length]): number[] => {
    const x = t.input("x", shape);
    return value(t.grad(t.sum(f(x)), [x])[0], { x: at });
  };

  test("relu and abs are flat at 0", () => {
    expect(gradientAt(t.relu, [0])).toEqual([0]);
    expect(gradientAt(t.abs, [0])).toEqual([0]);
  });

  test("maximum gives ties to its first argument", () => {
    expect(gradientAt((x) => t.maximum(x, 2), [1, 2, 3])).toEqual([0, 1, 1]);
    expect(gradientAt((x) => t.maximum(2, x), [1, 2, 3])).toEqual([0, 0, 1]);
  });

  test("max shares evenly between ties", () => {
    expect(gradientAt((x) => t.max(x), [3, 1, 3])).toEqual([0.5, 0, 0.5]);
  });

  test("maxPool gives all to the first tie in scanning order", () => {
    expect(gradientAt((x) => t.maxPool(x, 2), [1, 5, 5, 5], [1, 1, 2, 2])).toEqual([0, 1, 0, 0]);
  });

  test("maxPool never takes padding, however low the values are", () => {
    const x = t.input("x", [1, 1, 2, 2]);
    const y = t.maxPool(x, 2, { padding: 1 });
    const feeds = { x: [-1e30, -2e30, -3e30, -4e30] };
    expect(value(y, feeds)).toEqual([-1e30, -2e30, -3e30, -4e30]);
    expect(value(t.grad(t.sum(y), [x])[0], feeds)).toEqual([1, 1, 1, 1]);
  });

  test("normalizeL2 of a zero row and its gradient are finite", () => {
    const x = t.input("x", [2, 2]);
    const y = t.normalizeL2(x);
    expect(value(y, { x: [0, 0, 3, 4] })).toEqual([0, 0, expect.closeTo(0.6, 12), expect.closeTo(0.8, 12)]);
    const gradient = value(t.grad(t.sum(y), [x])[0], { x: [0, 0, 3, 4] });
    expect(gradient.every(Number.isFinite)).toBe(true);
  });
});
