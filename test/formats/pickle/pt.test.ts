import { readFileSync } from "node:fs";
import fc from "fast-check";
import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { DatadamError } from "../../../src/errors.ts";
import { decodePt, encodePt, type NpyArray, type PickleValue, type PtValue } from "../../../src/formats/index.ts";

// Written by PyTorch 1.13: scripts/oracle/torches.py
const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../fixtures/torch/${name}`, import.meta.url)));
const f4 = (shape: number[], ...data: number[]): NpyArray => ({ dtype: "f4", shape, data: Float32Array.from(data) });
const base = Array.from({ length: 24 }, (_, i) => i / 4 - 1);
const known: Record<string, PickleValue> = {
  f4: f4([2, 3, 4], ...base),
  f8: { dtype: "f8", shape: [3], data: Float64Array.of(0.1, -1e300, Infinity) },
  f2: f4([6], 1.5, -0.0999755859375, 65504, 2 ** -24, Infinity, -0),
  bf2: f4([4], 1.5, -0.10009765625, 3.00405527047391e38, 2 ** -133),
  i8: { dtype: "i8", shape: [2], data: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n) },
  i4: { dtype: "i4", shape: [2, 1], data: Int32Array.of(-5, 2 ** 31 - 1) },
  i2: { dtype: "i2", shape: [2], data: Int16Array.of(-3, 4) },
  i1: { dtype: "i1", shape: [2], data: Int8Array.of(-128, 127) },
  u1: { dtype: "u1", shape: [2], data: Uint8Array.of(0, 255) },
  bool: { dtype: "u1", shape: [3], data: Uint8Array.of(1, 0, 1) },
  scalar: f4([], 2.5),
  empty: f4([0, 3]),
  transposed: f4([4, 3, 2], ...[0, 1, 2, 3].flatMap((k) => [0, 1, 2].flatMap((j) => [0, 1].map((i) => base[12 * i + 4 * j + k])))), // biome-ignore format: one formula
  slice: f4([2, 2], base[13], base[14], base[21], base[22]),
  expanded: f4([2, 3], 7, 7, 7, 8, 8, 8),
  shared: [f4([3, 4], ...base.slice(0, 12)), f4([3, 4], ...base.slice(12))],
  parameter: f4([2], 0.5, -2),
  size: [2, 3, 4],
  plain: [1, 2.5, "text", null, true, [3, 4]],
  numpy: { dtype: "i4", shape: [3], data: Int32Array.of(0, 1, 2) },
  "numpy scalar": 54.25,
  devices: ["cpu", "cuda:1"],
  "default dict": new Map([["ConvNet", [0.5]]]),
};

const refusal = (bytes: Uint8Array, options?: { maxBytes: number }): string => {
  try {
    decodePt(bytes, options);
  } catch (error) {
    expect(error).toBeInstanceOf(DatadamError);
    expect((error as DatadamError).code).toBe("INVALID_DATA");
    return (error as Error).message;
  }
  throw new Error("was read");
};

describe("a file of torch.save", () => {
  test.each(["zip.pt", "legacy.pt"])("is read as PyTorch wrote it: %s", (name) => {
    expect(decodePt(fixture(name))).toEqual(new Map(Object.entries(known)));
  });

  test("may be big-endian, where it says so", () => {
    expect(decodePt(fixture("big.pt"))).toEqual(decodePt(fixture("images_best.pt")));
  });

  test("holds a state_dict, whose versions are left out", () => {
    const names = ["conv.weight", "conv.bias", "norm.weight", "norm.bias", "norm.running_mean", "norm.running_var"];
    const value = decodePt(fixture("state_dict.pt")) as ReadonlyMap<string, NpyArray>;
    expect([...value.keys()]).toEqual([...names, "norm.num_batches_tracked"]);
    expect(value.get("conv.weight")?.shape).toEqual([2, 1, 3, 3]);
  });

  test.each(["command.pt", "command-legacy.pt"])("that would run a command is refused by its name: %s", (name) => {
    expect(refusal(fixture(name))).toBe('The pickle was refused: it asks for "posix.system".');
  });

  test("is refused where it holds a whole module, or is no file of torch.save", () => {
    expect(refusal(fixture("module.pt"))).toBe('The pickle was refused: it asks for "torch.nn.modules.linear.Linear".');
    expect(refusal(fixture("command.pkl"))).toBe('The pickle was refused: it asks for "posix.system".');
    expect(refusal(Uint8Array.of(1, 2, 3))).toContain("it begins neither as a zip nor as torch.save begins");
    expect(refusal(zipSync({ "a/constants.pkl": new Uint8Array(1), "a/data.pkl": new Uint8Array(1) }))).toContain(
      "it is a TorchScript program, not tensors",
    );
    expect(refusal(zipSync({ "a/b": new Uint8Array(1) }))).toContain("it holds no data.pkl");
  });
});

/** A file of one tensor, its numbers as text so that they can lie. */
function file({
  type = "FloatStorage",
  count = 4,
  offset = 0,
  size = [2, 2],
  strides = [2, 1],
  bytes = 16,
}): Uint8Array {
  const tuple = (values: readonly number[]): string => `(${values.map((n) => `I${n}\n`).join("")}t`;
  const storage = `(Vstorage\nctorch\n${type}\nV0\nVcpu\nI${count}\ntQ`;
  const text = `ctorch._utils\n_rebuild_tensor_v2\n(${storage}I${offset}\n${tuple(size)}${tuple(strides)}I00\nNtR.`;
  return zipSync({ "x/data.pkl": Buffer.from(text), "x/data/0": new Uint8Array(bytes).fill(1) });
}

describe("a tensor that lies", () => {
  test("is read where it does not", () => {
    expect((decodePt(file({})) as NpyArray).shape).toEqual([2, 2]);
  });

  test.each([
    ["strides past the end", { strides: [3, 1] }, 'a tensor [2,2] with strides [3,1] reaches element 4 of storage "0", which has 4'], // biome-ignore format: a row a case
    ["an offset past the end", { offset: 1 }, 'reaches element 4 of storage "0", which has 4'],
    ["more elements than there are bytes", { count: 5 }, 'storage "0" of 5 f4 needs 20 bytes, but has 16'],
    ["fewer elements than there are bytes", { count: 3 }, 'storage "0" of 3 f4 needs 12 bytes, but has 16'],
    ["a negative stride", { strides: [-1, 1] }, "a tensor's offset, sizes and strides are damaged"],
    ["other axes than strides", { strides: [1] }, "a tensor's offset, sizes and strides are damaged"],
    ["a size without end", { size: [2 ** 30, 2 ** 30], strides: [0, 0] }, "its tensors take more than the limit of"],
    ["an unknown storage", { type: "QUInt8Storage" }, 'it asks for "torch.QUInt8Storage"'],
  ])("is refused: %s", (_, options, message) => {
    expect(refusal(file(options))).toContain(message);
  });

  test("is refused where a storage is missing", () => {
    const text = Buffer.from("(Vstorage\nctorch\nFloatStorage\nV7\nVcpu\nI0\ntQ.");
    expect(refusal(zipSync({ "x/data.pkl": text }))).toContain('storage "7" is missing');
    expect(refusal(zipSync({ "x/data.pkl": Buffer.from("NQ.") }))).toContain(
      "it refers to something that is not a storage",
    );
    const alone = Buffer.from("(Vstorage\nctorch\nFloatStorage\nV0\nVcpu\nI0\ntQ.");
    expect(refusal(zipSync({ "x/data.pkl": alone, "x/data/0": new Uint8Array(0) }))).toContain(
      "it holds a storage where a value should be",
    );
  });

  test("is refused where the file unpacks to more than the limit", () => {
    expect(refusal(fixture("zip.pt"), { maxBytes: 100 })).toContain("it would unpack to more than 100 bytes");
    expect(refusal(fixture("legacy.pt"), { maxBytes: 100 })).toContain("its tensors take more than the limit of 100");
  });

  test("is refused where a legacy file is cut off or changed, never otherwise than by name", () => {
    const whole = fixture("legacy.pt");
    for (let length = 0; length < whole.length; length += 13) refusal(whole.subarray(0, length));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, value) => {
        const changed = whole.slice();
        changed[at] = value;
        try {
          decodePt(changed);
        } catch (error) {
          expect(error).toBeInstanceOf(DatadamError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("writing", () => {
  // Read by PyTorch 1.13 (weights_only too) by hand: torch.load gives the same values.
  test("gives what is read again", () => {
    const value: PtValue = {
      data: [[known.f4 as NpyArray, known.i8 as NpyArray]],
      more: { text: "na\u00efve", flags: [true, false, null], numbers: [0, -1, 2 ** 31 - 1, 2 ** 40, 0.5] },
      bytes: known.u1 as NpyArray,
      empty: known.empty as NpyArray,
    };
    expect(decodePt(encodePt(value))).toEqual(
      new Map<string, unknown>([
        ["data", [[known.f4, known.i8]]],
        ["more", new Map<string, unknown>(Object.entries(value.more as object))],
        ["bytes", known.u1],
        ["empty", known.empty],
      ]),
    );
    expect(encodePt(value)).toEqual(encodePt(value));
  });

  test("refuses what PyTorch has no tensor of", () => {
    expect(() => encodePt({ dtype: "u2", shape: [1], data: new Uint16Array(1) })).toThrow("no tensors of u2");
    expect(() => encodePt(f4([3], 1))).toThrow("1 elements, but the shape is [3]");
  });
});
