import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadDataset } from "../../../src/data/index.ts";
import { tree } from "../files.ts";

// Few images as published: scripts/oracle/mats.py
const fixture = (name: string) => new Uint8Array(readFileSync(new URL(`../../fixtures/mats/${name}`, import.meta.url)));
const files = {
  "train_32x32.mat": fixture("train_32x32.mat"),
  "test_32x32.mat": fixture("test_32x32.mat"),
};
const invalid = (message: RegExp) => ({ code: "INVALID_DATA", message: expect.stringMatching(message) });

describe("svhn", () => {
  test("is read with its images upright and 10 as the digit 0", async () => {
    const { train, test: rest } = await loadDataset("svhn", { dir: tree(files) });
    expect(train).toMatchObject({ name: "svhn/train", count: 11, shape: [3, 32, 32], flippable: false });
    expect(train.normalization).toEqual({ mean: [0.4377, 0.4438, 0.4728], std: [0.198, 0.201, 0.197] });
    expect([...train.labels]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
    expect(train.classNames.join("")).toBe("0123456789");
    expect(train.pixels.buffer).toBeInstanceOf(SharedArrayBuffer);
    // In image 5 at row 3 and column 20: its number, the row, the column.
    expect([0, 1, 2].map((c) => train.pixels[(5 * 3 + c) * 1024 + 3 * 32 + 20])).toEqual([105, 3, 20]);
    expect(rest).toMatchObject({ name: "svhn/test", count: 10 });
    expect(rest.pixels[0]).toBe(200);
  });

  test("is found in a folder of its name, and may have a single image", async () => {
    const dir = tree({
      "SVHN/train_32x32.mat": files["train_32x32.mat"],
      "SVHN/test_32x32.mat": fixture("one_image.mat"),
    });
    const { test: rest } = await loadDataset("svhn", { dir });
    expect(rest).toMatchObject({ count: 1, shape: [3, 32, 32] });
    expect([rest.labels[0], rest.pixels[0], rest.pixels[1024 + 32], rest.pixels[2048 + 1]]).toEqual([1, 7, 1, 1]);
  });

  test.each<[string, Uint8Array, RegExp]>([
    ["without images", fixture("plain.mat"), /test_32x32.mat": X is no numbers/],
    ["cut off", files["test_32x32.mat"].slice(0, -1), /test_32x32.mat": Not a .mat file/],
  ])("refuses a file %s", async (_, bytes, message) => {
    await expect(loadDataset("svhn", { dir: tree({ ...files, "test_32x32.mat": bytes }) })).rejects.toMatchObject(
      invalid(message),
    );
  });

  test("says what is missing and where to get it", async () => {
    await expect(
      loadDataset("svhn", { dir: tree({ "train_32x32.mat": files["train_32x32.mat"] }) }),
    ).rejects.toMatchObject({
      code: "DATASET_NOT_FOUND",
      message: expect.stringMatching(/SVHN: test_32x32.mat missing/),
      hint: expect.stringMatching(/housenumbers.*`dir`/),
    });
  });

  test("a damaged file is read or refused, nothing else", async () => {
    const root = tree(files);
    const { writeFileSync } = await import("node:fs");
    const whole = files["test_32x32.mat"];
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), async (at, value) => {
        const bytes = whole.slice();
        bytes[at] = value;
        writeFileSync(join(root, "test_32x32.mat"), bytes);
        const error = await loadDataset("svhn", { dir: root }).then(
          () => undefined,
          (e) => e,
        );
        if (error !== undefined) expect(error).toMatchObject({ name: "DatadamError", code: "INVALID_DATA" });
      }),
      { numRuns: 300 },
    );
  });
});
