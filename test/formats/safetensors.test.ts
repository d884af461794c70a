import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DatadamError } from "../../src/errors.ts";
import { decodeSafetensors, decodeSafetensorsHeader, encodeSafetensors, type Tensor } from "../../src/formats/index.ts";

function file(header: unknown, data: number[] = []): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const out = new Uint8Array(8 + text.length + data.length);
  new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true);
  out.set(text, 8);
  out.set(data, 8 + text.length);
  return out;
}

const sample = encodeSafetensors(
  {
    images: { dtype: "F32", shape: [2, 3], data: Float32Array.of(1, -2, 0.5, NaN, Infinity, 3e-40) },
    labels: { dtype: "I64", shape: [2], data: BigInt64Array.of(-1n, 2n ** 62n) },
    empty: { dtype: "F64", shape: [0, 4], data: new Float64Array(0) },
    scalar: { dtype: "U8", shape: [], data: Uint8Array.of(7) },
  },
  { made: "by a test" },
);

const tensor: fc.Arbitrary<Tensor> = fc.oneof(
  fc.float32Array().map((data): Tensor => ({ dtype: "F32", shape: [data.length], data })),
  fc.float64Array().map((data): Tensor => ({ dtype: "F64", shape: [1, data.length], data })),
  fc.bigInt64Array().map((data): Tensor => ({ dtype: "I64", shape: [data.length, 1], data })),
  fc.int32Array().map((data): Tensor => ({ dtype: "I32", shape: [data.length], data })),
  fc.uint16Array().map((data): Tensor => ({ dtype: "U16", shape: [data.length], data })),
  fc.uint8Array().map((data): Tensor => ({ dtype: "U8", shape: [data.length], data })),
);

describe("safetensors", () => {
  test("gives back what was written, of every kind and name", () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ unit: "grapheme" }).filter((s) => s !== "__metadata__"),
          tensor,
          { noNullPrototype: true },
        ),
        fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }),
        (tensors, metadata) => {
          const bytes = encodeSafetensors(tensors, metadata);
          const back = decodeSafetensors(bytes);
          expect(back.tensors).toEqual(tensors);
          expect(back.metadata).toEqual(metadata);
          expect(encodeSafetensors(back.tensors, back.metadata)).toEqual(bytes);
        },
      ),
    );
  });

  test("writes tensors in the order given, behind a header of a multiple of 8 bytes", () => {
    const length = Number(new DataView(sample.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(sample.slice(8, 8 + length)));
    expect(Object.keys(header)).toEqual(["__metadata__", "images", "labels", "empty", "scalar"]);
    expect(header.labels).toEqual({ dtype: "I64", shape: [2], data_offsets: [24, 40] });
    expect(sample.length).toBe(8 + length + 24 + 16 + 1);
  });

  test("reads a view into a larger buffer at an odd offset", () => {
    const large = new Uint8Array(sample.length + 5);
    large.set(sample, 3);
    expect(decodeSafetensors(large.subarray(3, 3 + sample.length))).toEqual(decodeSafetensors(sample));
  });

  test("the arrays are copies, also of a Buffer", () => {
    const buffer = Buffer.from(sample);
    const read = decodeSafetensors(buffer);
    buffer.fill(1);
    expect(read).toEqual(decodeSafetensors(sample));
  });

  test("the header alone says where each tensor lies, whatever follows it", () => {
    const length = 8 + Number(new DataView(sample.buffer).getBigUint64(0, true));
    const { places, metadata, start } = decodeSafetensorsHeader(sample.subarray(0, length), sample.length);
    expect([start, { ...metadata }]).toEqual([length, { made: "by a test" }]);
    const { tensors } = decodeSafetensors(sample);
    expect(Object.keys(places)).toEqual(Object.keys(tensors));
    for (const [name, { dtype, shape, begin, end }] of Object.entries(places)) {
      const { data, ...rest } = tensors[name]!;
      expect({ dtype, shape }).toEqual(rest);
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      expect(sample.subarray(start + begin, start + end)).toEqual(bytes);
    }
    expect(decodeSafetensorsHeader(sample, sample.length).places).toEqual(places);
  });

  test("the header alone is refused where it is not whole, or the file is too short for it", () => {
    const length = 8 + Number(new DataView(sample.buffer).getBigUint64(0, true));
    const refusal = (bytes: Uint8Array, size: number): unknown =>
      catchError(() => decodeSafetensorsHeader(bytes, size));
    expect(refusal(sample.subarray(0, length - 1), sample.length)).toMatchObject({
      code: "INVALID_DATA",
      message: expect.stringMatching(/header would be/),
    });
    expect(refusal(sample.subarray(0, length), sample.length - 1)).toMatchObject({
      code: "INVALID_DATA",
      message: expect.stringMatching(/"scalar" takes bytes 40 to 41 of 40/),
    });
    const named = file({ constructor: { dtype: "U8", shape: [0], data_offsets: [0, 0] } });
    expect(Object.keys(decodeSafetensorsHeader(named, named.length).places)).toEqual(["constructor"]);
    expect(decodeSafetensorsHeader(file({}), 10).places.toString).toBeUndefined();
    fc.assert(
      fc.property(fc.nat(length - 1), fc.nat(255), (at, value) => {
        const bytes = sample.slice(0, length);
        bytes[at] = value;
        const error = refusal(bytes, sample.length);
        if (error !== undefined) expect(error).toMatchObject({ name: "DatadamError", code: "INVALID_DATA" });
      }),
      { numRuns: 1000 },
    );
  });

  test("refuses to write data that do not fit their shape or dtype", () => {
    const data = new Float32Array(3);
    expect(() => encodeSafetensors({ a: { dtype: "F32", shape: [2], data } })).toThrow(RangeError);
    expect(() => encodeSafetensors({ a: { dtype: "F64", shape: [3], data } as unknown as Tensor })).toThrow(TypeError);
  });

  const u8 = (begin: number, end: number, shape = [end - begin]) => ({
    dtype: "U8",
    shape,
    data_offsets: [begin, end],
  });
  test.each<[string, Uint8Array, RegExp]>([
    ["fewer than 8 bytes", new Uint8Array(7), /7 bytes/],
    ["a header length past the end", file("{}").fill(0xff, 0, 8), /18446744073709551615 bytes/],
    ["a header cut off", file("{}").slice(0, 9), /header would be/],
    ["a header that is no JSON", file("{a}"), /not JSON/],
    ["a header that is no UTF-8", file("{}").fill(0xff, 8), /not JSON/],
    ["a header that is no object", file("[]"), /not a JSON object/],
    ["the same name twice", file('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\\u0061" : 1}'), /"a" twice/],
    [
      "the same field twice",
      file('{"a":{"dtype":"U8","dtype":"I8","shape":[0],"data_offsets":[0,0]}}'),
      /"dtype" twice/,
    ],
    ["an unknown dtype", file({ a: { ...u8(0, 0), dtype: "toString" } }), /dtype of "a" is "toString"/],
    ["a negative shape", file({ a: u8(0, 0, [-1]) }), /shape of "a"/],
    ["a shape that is no list", file({ a: { ...u8(0, 0), shape: "0" } }), /shape of "a"/],
    ["a shape that overflows", file({ a: u8(0, 1, [2 ** 40, 2 ** 40]) }, [1]), /needs/],
    ["three offsets", file({ a: { ...u8(0, 0), data_offsets: [0, 0, 0] } }), /data_offsets/],
    ["offsets the wrong way round", file({ a: { ...u8(0, 0), data_offsets: [1, 0] } }, [1]), /bytes 1 to 0/],
    ["offsets past the end", file({ a: u8(0, 2) }, [1]), /bytes 0 to 2 of 1/],
    ["a size that is not the dtype's", file({ a: { ...u8(0, 2), dtype: "F32" } }, [1, 2]), /needs 8 bytes/],
    ["tensors that overlap", file({ a: u8(0, 2), b: u8(1, 3) }, [1, 2, 3]), /begin at 1, where 2/],
    ["a hole between tensors", file({ a: u8(0, 1), b: u8(2, 3) }, [1, 2, 3]), /begin at 2, where 1/],
    ["bytes after the last tensor", file({ a: u8(0, 1) }, [1, 2]), /1 bytes after/],
    ["metadata that are no strings", file({ __metadata__: { a: 1 } }), /metadata "a"/],
    ["a null tensor", file({ a: null }), /not an object/],
  ])("refuses %s", (_, bytes, message) => {
    const error = catchError(() => decodeSafetensors(bytes));
    expect(error).toBeInstanceOf(DatadamError);
    expect(error).toMatchObject({ code: "INVALID_DATA", message: expect.stringMatching(message) });
  });

  test("reads metadata of any length, with escapes", () => {
    for (const text of ["x".repeat(2e7), '"\\'.repeat(1e7)]) {
      expect(decodeSafetensors(encodeSafetensors({}, { text })).metadata.text.length).toBe(2e7); // was a stack overflow
    }
  });

  test("a damaged file is read or refused as invalid data, nothing else", () => {
    fc.assert(
      fc.property(fc.nat(sample.length - 1), fc.nat(255), fc.nat(sample.length), (at, value, length) => {
        const bytes = sample.slice(0, length);
        if (at < length) bytes[at] = value;
        const error = catchError(() => decodeSafetensors(bytes));
        if (length < sample.length) expect(error).toBeDefined();
        if (error !== undefined) expect(error).toMatchObject({ name: "DatadamError", code: "INVALID_DATA" });
      }),
      { numRuns: 2000 },
    );
  });
});

function catchError(run: () => unknown): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return error;
  }
}
