// Programs: which inputs they take, what they give, when two are the same.

import { afterAll, describe, expect, test } from "vitest";
import { createEngine } from "../../src/engine/index.ts";
import * as t from "../../src/tensor/index.ts";

const engine = await createEngine({ workers: 1 });
afterAll(() => engine.close());

const x = t.input("x", [3]);
const data = Float32Array.of(1, -2, 3);

describe("compile", () => {
  test("describes inputs and outputs", () => {
    const program = t.compile("p", { sum: t.sum(x), product: t.mul(x, t.input("w", [2, 1])) });
    expect(program.inputs).toEqual([
      { name: "x", shape: [3], dtype: "float32" },
      { name: "w", shape: [2, 1], dtype: "float32" },
    ]);
    expect(program.outputs).toEqual([
      { name: "sum", shape: [], dtype: "float32" },
      { name: "product", shape: [2, 3], dtype: "float32" },
    ]);
  });

  test("refuses two inputs of one name", () => {
    expect(() => t.compile("p", { y: t.add(x, t.input("x", [3])) })).toThrow(RangeError);
    expect(() => t.compile("p", { y: t.add(x, t.input("x", [3])) })).toThrow('program p has two inputs named "x"');
  });

  test("refuses an output named like an input", () => {
    expect(() => t.compile("p", { x: t.mul(x, 2) })).toThrow('program p has an input and an output named "x"');
  });

  test("leaves out inputs that no output needs", async () => {
    const program = t.compile("p", { y: t.grad(t.sum(t.mul(x, t.input("w", [3]))), [x])[0] });
    expect(program.inputs.map(({ name }) => name)).toEqual(["w"]);
    expect((await engine.run(program, { w: data })).y).toEqual(data);
  });

  test("gives an input back as an output", async () => {
    expect(await engine.run(t.compile("p", { y: x, z: t.neg(x) }), { x: data })).toEqual({
      y: data,
      z: data.map((v) => -v),
    });
  });

  test("gives one value under several names, in arrays of their own", async () => {
    const y = t.mul(x, 2);
    const result = await engine.run(t.compile("p", { a: y, b: y, c: t.mul(x, 2) }), { x: data });
    expect(result).toEqual({ a: data.map((v) => 2 * v), b: data.map((v) => 2 * v), c: data.map((v) => 2 * v) });
    expect(result.a.buffer).not.toBe(result.b.buffer);
  });

  test("gives constants, beside inputs and alone", async () => {
    const fixed = t.constant([1, 2, 3, 4], [2, 2]);
    expect(await engine.run(t.compile("p", { y: fixed, z: t.sum(fixed), x2: t.mul(x, 2) }), { x: data })).toEqual({
      y: Float32Array.of(1, 2, 3, 4),
      z: Float32Array.of(10),
      x2: data.map((v) => 2 * v),
    });
    expect(await engine.run(t.compile("p", { y: fixed }), {})).toEqual({ y: Float32Array.of(1, 2, 3, 4) });
  });

  test("keeps special values of constants", async () => {
    const special = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, -0, 1e-45);
    const { y } = await engine.run(t.compile("p", { y: t.constant(special) }), {});
    expect(y).toEqual(special);
  });

  test("takes inputs named like its own values", async () => {
    const names = ["t0", "t1", "c0", "c1", "output_y", "Mul_t0"];
    const inputs = names.map((name) => t.input(name, [1]));
    const y = inputs.map((v, i) => t.mul(v, 10 ** i)).reduce((a, b) => t.add(a, b));
    const feeds = Object.fromEntries(names.map((name, i) => [name, Float32Array.of(i + 1)]));
    expect((await engine.run(t.compile("p", { y, t2: t.mul(y, 2) }), feeds)).y).toEqual(Float32Array.of(654321));
  });

  test("is not confused by a constant that changes after tracing", async () => {
    const values = Float32Array.of(1, 2, 3);
    const y = t.mul(x, t.constant(values));
    values.fill(9);
    expect((await engine.run(t.compile("p", { y }), { x: data })).y).toEqual(Float32Array.of(1, -4, 9));
  });

  test("counts the operations of convolutions and products", () => {
    const conv = t.conv2d(t.input("x", [2, 3, 8, 8]), t.input("w", [4, 3, 3, 3]), { padding: 1 });
    expect(t.compile("p", { conv }).flops).toBe(2 * 2 * 4 * 64 * 27);
    expect(t.compile("p", { y: t.matmul(t.input("a", [5, 2, 3]), t.input("b", [3, 4])) }).flops).toBe(
      2 * 5 * 2 * 3 * 4,
    );
    expect(t.compile("p", { y: t.add(x, 1) }).flops).toBe(0);
  });
});

describe("the id of a program", () => {
  const trace = (factor: number, name: string = "p"): string =>
    t.compile(name, { y: t.mul(t.input("x", [3]), t.constant(new Float32Array(100).fill(factor), [100, 1])) }).id;

  test("is equal for equal programs traced at different times", () => expect(trace(2)).toBe(trace(2)));
  test("differs with the name", () => expect(trace(2, "q")).not.toBe(trace(2)));
  test("differs with a constant, however close", () => expect(trace(2 + 2 ** -22)).not.toBe(trace(2)));

  test("differs with shapes", () => {
    const of = (shape: number[]): string => t.compile("p", { y: t.sum(t.input("x", shape)) }).id;
    expect(new Set([of([2]), of([3]), of([2, 1]), of([1, 2])]).size).toBe(4);
  });

  test("differs with the shapes and the set of bound inputs", () => {
    const of = (extent: number, bound: string[]): string =>
      t.compile("p", { y: t.sum(t.input("x", [extent])) }, { bound }).id;
    expect(new Set([of(2, ["x"]), of(3, ["x"]), of(2, [])]).size).toBe(3);
  });
});

describe("bound inputs", () => {
  test("are listed apart, and their values come with a binding", async () => {
    const program = t.compile("p", { y: t.add(x, t.input("w", [3])) }, { bound: ["w", "absent"] });
    expect(program.inputs.map(({ name }) => name)).toEqual(["x"]);
    expect(program.bound.map(({ name }) => name)).toEqual(["w"]);
    for (const factor of [1, 2, 3, 1]) {
      const w = data.map((v) => factor * v);
      const { y } = await engine.run(program, { x: data }, { id: `w${factor}`, values: { w } });
      expect(y).toEqual(data.map((v) => v + factor * v));
    }
  });
});
