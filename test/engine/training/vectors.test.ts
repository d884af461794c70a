// Arithmetic of long vectors, against the same formula in JavaScript.

import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { Vectors } from "../../../src/engine/training/vectors.ts";
import { draw } from "../../tensor/values.ts";

const vectors = new Vectors();
const fround = Math.fround;

// Around whole blocks of 8192, and not whole vectors of four.
const lengths = [1, 4, 7, 8191, 8192, 8193, 20_001];

test.each(lengths)("adds %d numbers", (length) => {
  const [a, b] = [draw("normal", length, "a"), draw("normal", length, "b")];
  const expected = a.map((value, i) => value + b[i]);
  vectors.add(a, b);
  expect(a).toEqual(expected);
});

test.each(lengths)("makes a step of SGD for %d numbers, and leaves those around them", (length) => {
  const [from, to] = [16, 16 + length];
  const [p, v, g, h] = ["p", "v", "g", "h"].map((name) => draw("normal", length + 32, name));
  const [lr, momentum, weightDecay, count] = [0.1, 0.9, 5e-4, 3];
  const share = fround(1 / count);
  const velocity = v.map((value, i) => {
    if (i < from || i >= to) return value;
    const decayed = fround(fround(fround(g[i] + h[i]) * share) + fround(fround(weightDecay) * p[i]));
    return fround(fround(fround(momentum) * value) + decayed);
  });
  const moved = p.map((value, i) => (i < from || i >= to ? value : value - fround(fround(lr) * velocity[i])));
  const local = new Vectors(3 * length);
  const sums = g.map((value, i) => value + h[i]);
  for (const [i, array] of [p, v, sums].entries()) local.scratch.set(array.subarray(from, to), i * length);
  vectors.descend(p, v, [g, h], from, to, { lr, momentum, weightDecay, count });
  expect(v).toEqual(velocity);
  expect(p).toEqual(moved);
  if (length % 4 !== 0) return;
  local.descendInPlace([0, length, 2 * length], length, { lr, momentum, weightDecay, count });
  expect(local.scratch.slice(0, length)).toEqual(moved.slice(from, to));
  expect(local.scratch.slice(length, 2 * length)).toEqual(velocity.slice(from, to));
});

test("the WebAssembly that is committed is that of its source", () => {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/wasm.mjs", "--check"], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
