// Half floats: all patterns there and back, and rounding against a search of all of them.

import fc from "fast-check";
import { expect, test } from "vitest";
import { fromHalf, toHalf } from "../../src/formats/index.ts";

const patterns = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i);
const widened = fromHalf(patterns);
/** The finite values that are not below 0, ascending, with infinity where the next one would be. */
const sizes = [...widened.subarray(0, 0x7c00), 65536];

/** The nearest pattern, ties to the even one, by looking at all of them. */
function nearest(x: number): number {
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0;
  const size = Math.abs(x);
  let best = 0;
  for (const [pattern, value] of sizes.entries()) {
    const [away, least] = [Math.abs(value - size), Math.abs(sizes[best] - size)];
    if (away < least || (away === least && pattern % 2 === 0)) best = pattern;
  }
  return sign | (size === Number.POSITIVE_INFINITY ? 0x7c00 : best);
}

test("every pattern is widened as IEEE 754 says, and comes back", () => {
  const bits = (...values: number[]): Float32Array => fromHalf(Uint16Array.from(values));
  expect([...bits(0, 0x8000, 0x3c00, 0xc000, 0x7bff, 0x0001, 0x03ff, 0x0400, 0x7c00, 0xfc00)]).toEqual([
    ...[0, -0, 1, -2, 65504, 2 ** -24, 1023 * 2 ** -24, 2 ** -14],
    ...[Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ]);
  const back = toHalf(widened);
  let nans = 0;
  for (const pattern of patterns) {
    if (Number.isNaN(widened[pattern])) {
      nans++;
      expect(Number.isNaN(fromHalf(back.subarray(pattern, pattern + 1))[0])).toBe(true);
    } else if (back[pattern] !== pattern) expect([pattern, back[pattern]]).toEqual([pattern, pattern]);
  }
  expect(nans).toBe(2 * 1023);
});

test("halfway between two neighbours the even one is taken, and to either side of it the nearer one", () => {
  const next = (x: number, step: number): number => {
    const value = Float32Array.of(x);
    new Int32Array(value.buffer)[0] += step;
    return value[0];
  };
  for (const sign of [1, -1]) {
    const bits = sign === 1 ? 0 : 0x8000;
    for (let pattern = 0; pattern < 0x7c00; pattern++) {
      const middle = (sizes[pattern] + sizes[pattern + 1]) / 2; // exact in float32
      const even = pattern % 2 === 0 ? pattern : pattern + 1;
      const got = [...toHalf(Float32Array.of(sign * middle, sign * next(middle, -1), sign * next(middle, 1)))];
      const wanted = [bits | even, bits | pattern, bits | (pattern + 1)];
      if (got.join() !== wanted.join()) expect({ pattern, got }).toEqual({ pattern, got: wanted });
    }
  }
});

test("what is too large becomes infinite, and what is too small 0, with its sign", () => {
  const half = (...values: number[]): number[] => [...toHalf(Float32Array.from(values))];
  expect(half(65504, 65519.996, 65520, 65536, 1e30, 3.4e38)).toEqual([0x7bff, 0x7bff, 0x7c00, 0x7c00, 0x7c00, 0x7c00]);
  expect(half(-65520, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)).toEqual([0xfc00, 0x7c00, 0xfc00]);
  expect(half(2 ** -25, 2 ** -25 * 1.0001, -(2 ** -26), 1e-45, -1e-45, -0)).toEqual([0, 1, 0x8000, 0, 0x8000, 0x8000]);
});

test("any float32 becomes the nearest half float", () => {
  const edges = [0, 2 ** -25, 2 ** -24, 1.5 * 2 ** -24, 2 ** -14, 2 ** -14 - 2 ** -25, 65504, 65520];
  for (const x of edges.flatMap((edge) => [edge, -edge]))
    expect(toHalf(Float32Array.of(x))[0], `${x}`).toBe(nearest(x));
  const exponents = fc.tuple(fc.integer({ min: -30, max: 17 }), fc.double({ min: -2, max: 2, noNaN: true }));
  const any = fc.oneof(
    fc.float({ noNaN: true }),
    exponents.map(([exponent, x]) => Math.fround(x * 2 ** exponent)),
  );
  fc.assert(
    fc.property(any, (x) => toHalf(Float32Array.of(x))[0] === nearest(x)),
    { numRuns: 400 },
  );
});
