// Philox4x32-10 against the published known answers, and against a BigInt reading of the paper.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { philox4x32 } from "../../src/random/index.ts";

type Words = readonly number[];

function philox(counter: Words, key: Words): number[] {
  const out = new Uint32Array(4);
  philox4x32(out, counter[0], counter[1], counter[2], counter[3], key[0], key[1]);
  return [...out];
}

function reference(counter: Words, key: Words): number[] {
  const mask = 0xffffffffn;
  let [x0, x1, x2, x3] = counter.map(BigInt);
  let [k0, k1] = key.map(BigInt);
  for (let round = 0; round < 10; round++) {
    const p0 = x0 * 0xd2511f53n;
    const p1 = x2 * 0xcd9e8d57n;
    [x0, x1, x2, x3] = [(p1 >> 32n) ^ x1 ^ k0, p1 & mask, (p0 >> 32n) ^ x3 ^ k1, p0 & mask];
    k0 = (k0 + 0x9e3779b9n) & mask;
    k1 = (k1 + 0xbb67ae85n) & mask;
  }
  return [x0, x1, x2, x3].map(Number);
}

describe("philox4x32", () => {
  // Random123, kat_vectors, "philox4x32 10".
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])("gives the published words for counter %j and key %j", (counter, key, expected) => {
    expect(philox(counter, key)).toEqual(expected);
  });

  it("agrees with exact integer arithmetic for any counter and key", () => {
    const uint32 = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(fc.array(uint32, { minLength: 6, maxLength: 6 }), (words) => {
        expect(philox(words.slice(0, 4), words.slice(4))).toEqual(reference(words.slice(0, 4), words.slice(4)));
      }),
      { numRuns: 500 },
    );
  });
});
