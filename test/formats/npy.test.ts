import { readFileSync } from "node:fs";
import fc from "fast-check";
import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { DatadamError } from "../../src/errors.ts";
import { decodeNpy, decodeNpz, encodeNpy, encodeNpz, type NpyArray } from "../../src/formats/index.ts";

// Written by NumPy 1.24: scripts/oracle/formats.py
const fixture = (name: string) => new Uint8Array(readFileSync(new URL(`../fixtures/formats/${name}`, import.meta.url)));

const f4: NpyArray = { dtype: "f4", shape: [2, 3], data: Float32Array.of(-0.5, -0.25, 0, 0.25, 0.5, 0.75) };
const known: Record<string, NpyArray> = {
  f4,
  f8: { dtype: "f8", shape: [3], data: Float64Array.of(0.1, -1e300, Infinity) },
  i4: { dtype: "i4", shape: [2, 1], data: Int32Array.of(-5, 2 ** 31 - 1) },
  i8: { dtype: "i8", shape: [2], data: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n) },
  u1: { dtype: "u1", shape: [1, 2, 3, 4], data: Uint8Array.from({ length: 24 }, (_, i) => i) },
  scalar: { dtype: "f4", shape: [], data: Float32Array.of(2.5) },
};

const array: fc.Arbitrary<NpyArray> = fc.oneof(
  fc.float32Array().map((data): NpyArray => ({ dtype: "f4", shape: [data.length, 1], data })),
  fc.float64Array().map((data): NpyArray => ({ dtype: "f8", shape: [data.length], data })),
  fc.bigInt64Array().map((data): NpyArray => ({ dtype: "i8", shape: [1, data.length], data })),
  fc.uint8Array().map((data): NpyArray => ({ dtype: "u1", shape: [data.length], data })),
);

const invalid = (message: RegExp) =>
  expect.objectContaining({ code: "INVALID_DATA", message: expect.stringMatching(message) });

describe("npy", () => {
  test.each(Object.keys(known))("reads what NumPy wrote, and writes the same bytes: %s", (name) => {
    expect(decodeNpy(fixture(`${name}.npy`))).toEqual(known[name]);
    expect(encodeNpy(known[name])).toEqual(fixture(`${name}.npy`));
  });

  test("reads version 2", () => {
    expect(fixture("v2.npy")[6]).toBe(2);
    expect(decodeNpy(fixture("v2.npy"))).toEqual(f4);
  });

  test("gives back what was written", () => {
    fc.assert(
      fc.property(array, (a) => {
        expect(decodeNpy(encodeNpy(a))).toEqual(a);
      }),
    );
  });

  test("the data are a copy, also of a Buffer", () => {
    const buffer = Buffer.from(fixture("f4.npy"));
    const read = decodeNpy(buffer);
    buffer.fill(1);
    expect(read).toEqual(f4);
  });

  test("reads columns first and big-endian as the same numbers", () => {
    const { shape, data } = decodeNpy(fixture("f4.npy"));
    for (const name of ["fortran.npy", "big.npy"])
      expect(decodeNpy(fixture(name))).toEqual({ dtype: "f4", shape, data });
  });

  test("writes version 2 where the header does not fit version 1", () => {
    const long: NpyArray = { dtype: "u1", shape: new Array(22_000).fill(1), data: Uint8Array.of(1) };
    const bytes = encodeNpy(long);
    expect(bytes[6]).toBe(2);
    expect((bytes.length - 1) % 64).toBe(0);
  });

  test.each<[string, Uint8Array, RegExp]>([
    ["complex numbers", edit("<f4", "<c8"), /its dtype is "<c8"; read are bool, f4/],
    [
      "more axes than NumPy has",
      encodeNpy({ dtype: "u1", shape: new Array(65).fill(1), data: Uint8Array.of(1) }),
      /65 axes/,
    ],
    ["another magic", new Uint8Array(200), /NUMPY/],
    ["a file cut off in its header", fixture("f4.npy").slice(0, 60), /header would end/],
    ["a file cut off in its data", fixture("f4.npy").slice(0, -1), /needs 24 bytes/],
    ["trailing bytes", Uint8Array.of(...fixture("f4.npy"), 0), /needs 24 bytes/],
    ["a header without a shape", edit("'shape': (2, 3), ", "                 "), /header reads/],
    ["a key twice", edit("'fortran_order': False", "'shape': (2, 3)       "), /header reads/],
    ["a shape that is no tuple", edit("(2, 3)", "[2, 3]"), /header reads/],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => decodeNpy(bytes)).toThrow(invalid(message));
  });

  test("a damaged file is read or refused as invalid data, nothing else", () => {
    const whole = fixture("f4.npy");
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, value, length) => {
        const bytes = whole.slice(0, length);
        if (at < length) bytes[at] = value;
        onlyInvalidData(() => decodeNpy(bytes), length < whole.length);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("npz", () => {
  const arrays = { images: f4, "a/b": known.i8 };

  test.each(["stored", "deflated"])("reads what NumPy wrote: %s", (name) => {
    const read = decodeNpz(fixture(`${name}.npz`));
    const zeros: NpyArray = { dtype: "f4", shape: [50, 50], data: new Float32Array(2500) };
    expect(read).toEqual({ images: name === "stored" ? f4 : zeros, labels: known.i8 });
  });

  test("gives back what was written, and equal arrays give equal bytes whatever the time and the time zone", () => {
    const bytes = encodeNpz(arrays);
    expect(decodeNpz(bytes)).toEqual(arrays);
    expect(new DataView(bytes.buffer).getUint32(10, true)).toBe(0x0021_0000); // 1980-01-01 00:00
  });

  test("refuses what unpacks to more than the limit, before unpacking", () => {
    const bomb = zipSync({ "a.npy": encodeNpy({ dtype: "u1", shape: [1e6], data: new Uint8Array(1e6) }) });
    expect(bomb.length).toBeLessThan(5000);
    expect(() => decodeNpz(bomb, { maxBytes: 1e6 })).toThrow(invalid(/more than 1000000/));
    expect(decodeNpz(bomb, { maxBytes: 1e6 + 128 }).a.data.length).toBe(1e6);
  });

  test.each([1, -1])("refuses a size in the directory that is off by %i", (by) => {
    const bytes = encodeNpz({ a: f4 });
    const view = new DataView(bytes.buffer);
    const directory = view.getUint32(bytes.length - 6, true);
    view.setUint32(directory + 24, view.getUint32(directory + 24, true) + by, true);
    expect(() => decodeNpz(bytes)).toThrow(invalid(/unpack|needs/));
  });

  test("refuses a zip of other files, and what is no zip", () => {
    expect(() => decodeNpz(zipSync({ "a.txt": Uint8Array.of(1) }))).toThrow(invalid(/"a.txt"/));
    expect(() => decodeNpz(fixture("f4.npy"))).toThrow(invalid(/no end of directory/));
  });

  test("a damaged file is refused as invalid data wherever its contents would change", () => {
    for (const whole of [encodeNpz(arrays), fixture("stored.npz")]) {
      const right = decodeNpz(whole);
      fc.assert(
        fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, flip, cut) => {
          const bytes = cut ? whole.slice(0, at) : whole.slice();
          if (!cut) bytes[at] ^= flip;
          onlyInvalidData(() => {
            const read = decodeNpz(bytes); // a change of a name or of a date goes unseen
            expect(Object.values(read)).toEqual(Object.values(right));
          }, cut);
        }),
        { numRuns: 1000 },
      );
    }
  });
});

function edit(from: string, to: string): Uint8Array {
  const text = Buffer.from(fixture("f4.npy")).toString("latin1");
  if (!text.includes(from)) throw new Error(`the fixture has no ${from}`);
  return new Uint8Array(Buffer.from(text.replace(from, to), "latin1"));
}

function onlyInvalidData(run: () => unknown, mustFail: boolean): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof DatadamError)) throw error;
    expect(error.code).toBe("INVALID_DATA");
    return;
  }
  expect(mustFail).toBe(false);
}
