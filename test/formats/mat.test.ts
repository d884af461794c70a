import { readFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DatadamError } from "../../src/errors.ts";
import { decodeMat, type NpyArray } from "../../src/formats/index.ts";

// Written by SciPy 1.10: scripts/oracle/mats.py
const fixture = (name: string) => new Uint8Array(readFileSync(new URL(`../fixtures/mats/${name}`, import.meta.url)));

/** Sizes are reversed: [2, 3, 4] counts up by rows, so by columns 12 comes after 0. */
const known: Record<string, NpyArray> = {
  u1: {
    dtype: "u1",
    shape: [4, 3, 2],
    data: Uint8Array.from({ length: 24 }, (_, i) => 12 * (i % 2) + 4 * (Math.floor(i / 2) % 3) + Math.floor(i / 6)),
  },
  i2: { dtype: "i2", shape: [2, 1], data: Int16Array.of(-5, 300) },
  f8: { dtype: "f8", shape: [1, 2], data: Float64Array.of(0.5, -1e300) },
  i8: { dtype: "i8", shape: [1, 1], data: BigInt64Array.of(-(2n ** 62n)) },
  a_rather_long_name: { dtype: "f4", shape: [1, 1], data: Float32Array.of(2.5) },
};

const invalid = (message: RegExp) =>
  expect.objectContaining({ code: "INVALID_DATA", message: expect.stringMatching(message) });

describe("a .mat file", () => {
  test.each(["plain", "deflated"])(
    "gives the arrays of numbers that SciPy wrote, and leaves out the rest: %s",
    (name) => {
      expect(decodeMat(fixture(`${name}.mat`))).toEqual(known);
      expect(decodeMat(Buffer.concat([Buffer.of(1), fixture(`${name}.mat`)]).subarray(1))).toEqual(known);
    },
  );

  test("gives doubles that MATLAB stored as bytes", () => {
    const array: NpyArray = { dtype: "f8", shape: [3, 1], data: Float64Array.of(10, 1, 2) };
    expect(decodeMat(file(matrix("y", [1, 3], 6, 2, [10, 1, 2])))).toEqual({ y: array });
  });

  test("gives back what was written", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 50 }),
        fc.stringMatching(/^[a-z]\w{0,9}$/),
        fc.boolean(),
        (data, name, packed) => {
          const bytes = file(matrix(name, [data.length, 1], 9, 2, [...data]), packed);
          expect(decodeMat(bytes)).toEqual({ [name]: { dtype: "u1", shape: [1, data.length], data } });
        },
      ),
    );
  });

  test.each<[string, Uint8Array, RegExp]>([
    ["level 7.3", Buffer.concat([Buffer.from("MATLAB 7.3 MAT-file"), Buffer.alloc(200)]), /7\.3 \(HDF5\)/],
    ["HDF5", Buffer.concat([Buffer.from("\x89HDF\r\n", "latin1"), Buffer.alloc(200)]), /7\.3 \(HDF5\)/],
    ["a big-endian file", Buffer.concat([fixture("plain.mat").slice(0, 126), Buffer.from("MI")]), /big-endian/],
    ["a header cut off", fixture("plain.mat").slice(0, 100), /header/],
    ["an array cut off", fixture("plain.mat").slice(0, -9), /past the end|within a tag/],
    ["a deflated array cut off", fixture("deflated.mat").slice(0, -5), /past the end/],
    ["an array twice", Buffer.concat([fixture("plain.mat"), fixture("plain.mat").slice(128)]), /"u1" twice/],
    [
      "a size that lies",
      file(matrix("X", [1 << 20, 1 << 20], 9, 2, [1])),
      /\[1048576,1048576\] needs 1099511627776 bytes/,
    ],
    ["a size below zero", file(matrix("X", [-1, -1], 9, 2, [1])), /size of "X" is damaged/],
    ["numbers of no type", file(matrix("X", [1, 1], 9, 99, [1])), /stored as type 99/],
    ["what is no array", file(element(9, [1, 2, 3])), /type 9/],
  ])("is refused: %s", (_, bytes, message) => {
    expect(() => decodeMat(bytes)).toThrow(invalid(message));
  });

  test("is refused where it unpacks to more than the limit, however small it is", () => {
    const bomb = file(matrix("X", [1, 3e6], 9, 2, new Array(3e6).fill(0)), true);
    expect(bomb.length).toBeLessThan(4000);
    expect(() => decodeMat(bomb, { maxBytes: 1e6 })).toThrow(invalid(/more than the 1000000 bytes/));
    const wide = file(matrix("X", [1, 1e6], 6, 2, new Array(1e6).fill(0)));
    expect(() => decodeMat(wide, { maxBytes: 7e6 })).toThrow(invalid(/more than 7000000 bytes/));
  });

  test("that is damaged is read or refused as invalid data, nothing else", () => {
    for (const whole of [fixture("plain.mat"), fixture("deflated.mat")]) {
      fc.assert(
        fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, value, length) => {
          const bytes = whole.slice(0, length);
          if (at < length) bytes[at] = value;
          try {
            decodeMat(bytes);
          } catch (error) {
            if (!(error instanceof DatadamError)) throw error;
            expect(error.code).toBe("INVALID_DATA");
          }
        }),
        { numRuns: 1500 },
      );
    }
  });
});

function element(type: number, data: readonly number[]): Buffer {
  const tag = Buffer.alloc(8);
  tag.writeUInt32LE(type, 0);
  tag.writeUInt32LE(data.length, 4);
  return Buffer.concat([tag, Buffer.from(data), Buffer.alloc((8 - (data.length % 8)) % 8)]);
}

function matrix(name: string, size: readonly number[], kind: number, stored: number, data: readonly number[]): Buffer {
  const sizes = Buffer.from(Int32Array.from(size).buffer);
  const parts = [element(6, [kind, 0, 0, 0, 0, 0, 0, 0]), element(5, [...sizes]), element(1, [...Buffer.from(name)]), element(stored, data)]; // biome-ignore format: parts
  return element(14, [...Buffer.concat(parts)]);
}

function file(content: Buffer, packed = false): Uint8Array {
  const header = Buffer.alloc(128, " ");
  header.write("MATLAB 5.0 MAT-file");
  header.write("\0\x01IM", 124, "latin1");
  if (!packed) return Buffer.concat([header, content]);
  const data = deflateSync(content);
  const tag = Buffer.alloc(8);
  tag.writeUInt32LE(15, 0);
  tag.writeUInt32LE(data.length, 4);
  return Buffer.concat([header, tag, data]);
}
