import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DatadamError } from "../../src/errors.ts";
import { decodeIdx, type NpyArray } from "../../src/formats/index.ts";

const invalid = (message: RegExp) =>
  expect.objectContaining({ code: "INVALID_DATA", message: expect.stringMatching(message) });

function idx(type: number, shape: readonly number[], data: readonly number[]): Buffer {
  const sizes = Buffer.alloc(4 * shape.length);
  for (const [axis, size] of shape.entries()) sizes.writeUInt32BE(size, 4 * axis);
  return Buffer.concat([Buffer.of(0, 0, type, shape.length), sizes, Buffer.from(data)]);
}

describe("an IDX file", () => {
  test.each<[number, readonly number[], NpyArray]>([
    [0x08, [255, 1], { dtype: "u1", shape: [2], data: Uint8Array.of(255, 1) }],
    [0x09, [255, 1], { dtype: "i1", shape: [2], data: Int8Array.of(-1, 1) }],
    [0x0b, [255, 254, 1, 0], { dtype: "i2", shape: [2], data: Int16Array.of(-2, 256) }],
    [0x0c, [0, 0, 1, 0, 0, 1, 0, 0], { dtype: "i4", shape: [2], data: Int32Array.of(256, 65536) }],
    [0x0d, [0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0], { dtype: "f4", shape: [2], data: Float32Array.of(1.5, -2) }],
    [
      0x0e,
      [0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      { dtype: "f8", shape: [2], data: Float64Array.of(1.5, 0) },
    ],
  ])("of type %i is read, plain or gzipped", (type, data, array) => {
    expect(decodeIdx(idx(type, [2], data))).toEqual(array);
    expect(decodeIdx(gzipSync(idx(type, [2], data)))).toEqual(array);
  });

  test("of any shape is read, and the data are a copy", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4), { maxLength: 4 }), fc.infiniteStream(fc.nat(255)), (shape, stream) => {
        const data = [...stream.take(shape.reduce((a, b) => a * b, 1))];
        const bytes = idx(8, shape, data);
        const array = decodeIdx(bytes);
        bytes.fill(0);
        expect(array).toEqual({ dtype: "u1", shape, data: Uint8Array.from(data) });
      }),
    );
  });

  const whole = idx(8, [2, 3], [1, 2, 3, 4, 5, 6]);
  test.each<[string, Uint8Array, RegExp]>([
    ["one byte short", whole.subarray(0, -1), /u1 \[2,3\] needs 6 bytes, but there are 5/],
    ["one byte long", Buffer.concat([whole, Buffer.of(0)]), /but there are 7/],
    ["cut off in its header", whole.subarray(0, 10), /sizes would end at byte 12, but the file has 10/],
    ["empty", new Uint8Array(0), /two zeros/],
    ["something else", Buffer.from("PNG, not IDX"), /two zeros/],
    ["of an unknown type", idx(7, [1], [0]), /type is 0x7/],
    ["of a size that lies", idx(8, [0xffffffff, 0xffffffff], [0]), /needs 18446744065119617000 bytes/],
    ["gzipped and cut off", gzipSync(whole).subarray(0, -9), /does not unpack/],
  ])("is refused: %s", (_, bytes, message) => {
    expect(() => decodeIdx(bytes)).toThrow(invalid(message));
  });

  test("is refused where it unpacks to more than the limit", () => {
    const bomb = gzipSync(idx(8, [5e6], new Array(5e6).fill(0)));
    expect(bomb.length).toBeLessThan(6000);
    expect(() => decodeIdx(bomb, { maxBytes: 1e6 })).toThrow(invalid(/more than 1000000 bytes/));
  });

  test("that is damaged is read or refused as invalid data, nothing else", () => {
    for (const base of [whole, gzipSync(whole)]) {
      fc.assert(
        fc.property(fc.nat(base.length - 1), fc.nat(255), fc.nat(base.length), (at, value, length) => {
          const bytes = Buffer.from(base.subarray(0, length));
          if (at < length) bytes[at] = value;
          try {
            decodeIdx(bytes, { maxBytes: 1e6 });
          } catch (error) {
            if (!(error instanceof DatadamError)) throw error;
            expect(error.code).toBe("INVALID_DATA");
          }
        }),
        { numRuns: 1000 },
      );
    }
  });
});
