// Arrays as messages and ONNX Runtime take them.

import { expect, test } from "vitest";
import { Copies, cutOut, unshared } from "../../src/engine/arrays.ts";

const shared = (...values: number[]): Float32Array => {
  const array = new Float32Array(new SharedArrayBuffer(4 * values.length));
  array.set(values);
  return array;
};

test("a part of an array is cut out for a message; whole and shared arrays are not copied", () => {
  const whole = Float32Array.of(1, 2, 3);
  const feeds = { whole, part: whole.subarray(1, 2), shared: shared(4, 5).subarray(1) };
  const cut = cutOut(feeds);
  expect(cut.whole).toBe(whole);
  expect(cut.shared).toBe(feeds.shared);
  expect([...cut.part]).toEqual([2]);
  expect(cut.part.buffer.byteLength).toBe(4);
});

test("shared memory is copied for ONNX Runtime, other memory is not", () => {
  const feeds = { local: Float32Array.of(1), shared: shared(2, 3) };
  for (const taken of [unshared(feeds), new Copies().unshared(feeds)]) {
    expect(taken.local).toBe(feeds.local);
    expect([...taken.shared]).toEqual([2, 3]);
    expect(taken.shared.buffer).toBeInstanceOf(ArrayBuffer);
  }
});

test("copies use the memory of their name again, for shorter arrays and for either type", () => {
  const copies = new Copies();
  const first = copies.copy("a", Float32Array.of(1, 2, 3, 4));
  const other = copies.copy("b", Float32Array.of(9));
  const second = copies.copy("a", Float32Array.of(5, 6));
  expect([...second]).toEqual([5, 6]);
  expect(second.buffer).toBe(first.buffer);
  const third = copies.copy("a", Float64Array.of(1 / 3, 2 / 3));
  expect([...third]).toEqual([1 / 3, 2 / 3]);
  expect(third.buffer).toBe(first.buffer);
  const longer = copies.copy("a", Float64Array.of(1, 2, 3));
  expect([...longer]).toEqual([1, 2, 3]);
  expect([...other]).toEqual([9]);
});
