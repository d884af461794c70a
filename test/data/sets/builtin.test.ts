import { statSync } from "node:fs";
import { expect, test } from "vitest";
import { loadDataset } from "../../../src/data/index.ts";

test("the built-in set: ten letters, balanced, grey, in shared memory, the same each time", async () => {
  const { train, test: rest } = await loadDataset("builtin");
  expect(train).toMatchObject({ name: "builtin/train", count: 2500, shape: [1, 32, 32], flippable: false });
  expect(rest).toMatchObject({ name: "builtin/test", count: 600, shape: [1, 32, 32], flippable: false });
  expect(train.classNames.join("")).toBe("ABCDEFGHIJ");
  for (const set of [train, rest!]) {
    expect(set.pixels.length).toBe(set.count * 1024);
    expect(set.pixels.buffer).toBeInstanceOf(SharedArrayBuffer);
    const counts = new Array(10).fill(0);
    for (const label of set.labels) counts[label]++;
    expect(counts).toEqual(new Array(10).fill(set.count / 10));
  }
  expect(train.normalization.mean[0]).toBeGreaterThan(0.2);
  expect(train.normalization.std[0]).toBeGreaterThan(0.1);
  expect(await loadDataset("builtin")).toEqual({ name: "builtin", train, test: rest });
});

test("no test image is a training image, and none is blank", async () => {
  const { train, test: rest } = await loadDataset("builtin");
  const text = (pixels: Uint8Array, i: number) =>
    Buffer.from(pixels.subarray(i * 1024, (i + 1) * 1024)).toString("latin1");
  const seen = new Set(Array.from({ length: train.count }, (_, i) => text(train.pixels, i)));
  expect(seen.size).toBe(train.count);
  for (let i = 0; i < rest!.count; i++) {
    expect(seen.has(text(rest!.pixels, i))).toBe(false);
    const image = rest!.pixels.subarray(i * 1024, (i + 1) * 1024);
    expect(Math.max(...image) - Math.min(...image)).toBeGreaterThan(40);
  }
});

test("the asset stays small", () => {
  expect(statSync(new URL("../../../assets/letters.safetensors.gz", import.meta.url)).size).toBeLessThan(2e6);
});

test("options for folders are refused", async () => {
  await expect(loadDataset("builtin", { size: 16 })).rejects.toMatchObject({ code: "INVALID_OPTION" });
});
