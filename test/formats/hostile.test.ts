// Files of arrays whose structure is hostile: small ones that ask for much memory or time, by what they share, overlap
// or say of themselves. All are refused before anything is made of them.

import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import {
  decodeIdx,
  decodeNpz,
  decodePickle,
  decodePt,
  decodeSafetensors,
  encodeNpy,
  isNpyArray,
} from "../../src/formats/index.ts";
import { peakBytes, pt, sharedTuples, sharedZip, tensor } from "../support-hostile.ts";

const MIB = 2 ** 20;

/** The message of the refusal, which takes less than a second and `most` bytes. */
function refusal(read: () => unknown, most: number = 64 * MIB): string {
  const [before, began] = [peakBytes(), performance.now()];
  let message = "was read";
  try {
    read();
  } catch (error) {
    expect(error).toMatchObject({ name: "DatadamError", code: "INVALID_DATA" });
    message = (error as Error).message;
  }
  expect(peakBytes() - before).toBeLessThan(most);
  expect(performance.now() - began).toBeLessThan(5000);
  return message;
}

const safetensors = (header: string, body = 0): Uint8Array => {
  const bytes = Buffer.alloc(8 + header.length + body);
  bytes.writeBigUInt64LE(BigInt(header.length));
  bytes.write(header, 8, "latin1");
  return bytes;
};
const range = (from: number, to: number): object => ({ dtype: "U8", shape: [to - from], data_offsets: [from, to] });

describe("safetensors", () => {
  test.each([
    ["the same bytes", () => range(0, 8 * MIB)],
    ["bytes that begin one later each", (i: number) => range(i, 8 * MIB)],
    ["bytes that end one earlier each", (i: number) => range(0, 8 * MIB - i)],
  ])("300 tensors of %s", (_, place) => {
    const tensors = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`t${i}`, place(i)]));
    const bytes = safetensors(JSON.stringify(tensors), 8 * MIB);
    expect(refusal(() => decodeSafetensors(bytes))).toContain("(overlap or hole)");
  });

  test.each([
    ["shape", `{"a":{"dtype":"F32","shape":${"[".repeat(1e5)}${"]".repeat(1e5)},"data_offsets":[0,0]}}`],
    ["header", `${'{"a":'.repeat(1e5)}1${"}".repeat(1e5)}`],
  ])("a %s that nests 100,000 deep", (_, header) => {
    expect(refusal(() => decodeSafetensors(safetensors(header)))).toContain("its header is not JSON");
  });

  test("a header of millions of empty lists, and a dtype of a megabyte", () => {
    const header = `{"a":[${"[],".repeat(3e6)}[]]}`;
    expect(refusal(() => decodeSafetensors(safetensors(header)))).toContain("its header is not JSON");
    const dtype = `{"a":{"dtype":"${"x".repeat(MIB)}","shape":[],"data_offsets":[0,0]}}`;
    expect(refusal(() => decodeSafetensors(safetensors(dtype))).length).toBeLessThan(1000);
  });
});

describe("npz", () => {
  const zeros = (shape: readonly number[], size = 80 * MIB): Uint8Array => {
    const bytes = Buffer.alloc(size + 128);
    bytes.set(encodeNpy({ dtype: "u1", shape: [0], data: new Uint8Array(0) }));
    bytes.write(`{'descr': '|u1', 'fortran_order': False, 'shape': (${shape.join(", ")}), }`.padEnd(117), 10, "latin1");
    return bytes;
  };

  test("zeros packed a thousand times", () => {
    const bytes = sharedZip(["a.npy"], zeros([80 * MIB]));
    expect(refusal(() => decodeNpz(bytes))).toMatch(/would unpack to more than 67108864 bytes, .* save it unpacked/);
  });

  test("many names of the same packed bytes", () => {
    const names = Array.from({ length: 200 }, (_, i) => `a${i}.npy`);
    const bytes = sharedZip(names, zeros([MIB], MIB));
    expect(refusal(() => decodeNpz(bytes))).toContain("would unpack to more than 67108864 bytes");
  });

  test.each([
    ["less than there is", [4]],
    ["more than there is", [2 ** 40]],
    ["numbers that overflow", [2 ** 40, 2 ** 40, 2 ** 40]],
  ])("a header that says %s, before the array is unpacked", (_, shape) => {
    const bytes = sharedZip(["a.npy"], zeros(shape, 50 * MIB));
    expect(refusal(() => decodeNpz(bytes), 16 * MIB)).toMatch(/needs \S+ bytes, but there are 52428800/);
  });

  test("what is not wanted is not unpacked, nor counted, whatever it is", () => {
    const bytes = sharedZip(["huge.npy", "b.npy"], zeros([30 * MIB], 30 * MIB));
    const before = peakBytes();
    const asked: string[] = [];
    const arrays = decodeNpz(bytes, { want: (name) => asked.push(name) > 0 && name === "b" });
    expect([Object.keys(arrays), asked]).toEqual([["b"], ["huge", "b"]]);
    expect(peakBytes() - before).toBeLessThan(80 * MIB);
    expect(refusal(() => decodeNpz(sharedZip(["a.npy", "b.npy", "c.npy"], zeros([30 * MIB], 30 * MIB))))).toMatch(
      /more/,
    );
  });
});

test("gzipped IDX of zeros packed a thousand times", () => {
  const plain = Buffer.alloc(16 + 100 * MIB);
  plain.set([0, 0, 8, 1, 6, 64, 0, 0]);
  const bytes = gzipSync(plain, { level: 9 });
  expect(refusal(() => decodeIdx(bytes), 96 * MIB)).toContain("would unpack to more than 67108864 bytes");
});

describe("pickles and .pt", () => {
  test("tensors that show one byte a billion times", () => {
    const bytes = pt(`(${tensor(1, [1_000_000_000], [0]).repeat(3)}l`, { 0: Uint8Array.of(1) });
    expect(refusal(() => decodePt(bytes))).toContain("its tensors take more than the limit of 67108864 bytes");
    const axes = pt(tensor(1, Array(30).fill(2), Array(30).fill(0)), { 0: Uint8Array.of(1) });
    expect(refusal(() => decodePt(axes))).toContain("its tensors take more than");
  });

  test("tensors that show a storage again and again", () => {
    const size = 20 * MIB;
    const bytes = pt(`(${tensor(size, [size], [1]).repeat(5)}l`, { 0: new Uint8Array(size) });
    expect(refusal(() => decodePt(bytes), 400 * MIB)).toContain("its tensors take more than the limit of");
  });

  test("views that honest files have: tied weights, expanded means, transposed, empty", () => {
    const storage = { 0: Uint8Array.from({ length: 12 }, (_, i) => i) };
    const views = [
      tensor(12, [12], [1]),
      tensor(12, [12], [1]),
      tensor(12, [3, 5], [1, 0]),
      tensor(12, [3, 4], [1, 3]),
      tensor(12, [0, 7], [9, 9]),
    ];
    const value = decodePt(pt(`(${views.join("")}l`, storage)) as readonly unknown[];
    const shown = value.map((one) =>
      isNpyArray(one as never) ? [...(one as { data: Uint8Array }).data].join("") : "",
    );
    expect(shown).toEqual([
      "01234567891011",
      "01234567891011",
      "000001111122222",
      "036914710258 11".replace(" ", ""),
      "",
    ]);
  });

  test("many storages of the same packed bytes", () => {
    const names = ["x/data.pkl", ...Array.from({ length: 200 }, (_, i) => `x/data/${i}`)];
    expect(refusal(() => decodePt(sharedZip(names, new Uint8Array(MIB))))).toContain("would unpack to more than");
  });

  test("values that share each other are read at once, as values and as keys", () => {
    for (const pickle of [`${sharedTuples(60)}`, `}${sharedTuples(60)}Ns`]) {
      const began = performance.now();
      decodePt(pt(pickle));
      decodePickle(Buffer.from(`\x80\x02${pickle}.`, "latin1"));
      expect(performance.now() - began).toBeLessThan(1000);
    }
    expect(refusal(() => decodePt(pt(sharedTuples(70))))).toContain("more than 64 deep");
  });

  test("a key that nests too deep is refused", () => {
    expect(refusal(() => decodePt(pt(`}${sharedTuples(70)}Ns`)))).toContain("more than 64 deep");
  });
});
