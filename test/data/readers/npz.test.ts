import { fileURLToPath } from "node:url";
import fc from "fast-check";
import * as fflate from "fflate";
import { describe, expect, test } from "vitest";
import { loadDataset } from "../../../src/data/index.ts";
import { encodeNpz, type NpyArray } from "../../../src/formats/index.ts";
import { file } from "../files.ts";

/** uint8 that counts up. */
const u1 = (...shape: number[]): NpyArray => {
  const length = shape.reduce((a, b) => a * b, 1);
  return { dtype: "u1", shape, data: Uint8Array.from({ length }, (_, i) => i % 256) };
};
const i8 = (...labels: number[]): NpyArray => ({
  dtype: "i8",
  shape: [labels.length],
  data: BigInt64Array.from(labels, BigInt),
});
const column = (...labels: number[]): NpyArray => ({
  dtype: "u1",
  shape: [labels.length, 1],
  data: Uint8Array.from(labels),
});
const npz = (arrays: Record<string, NpyArray>) => file("Things.npz", encodeNpz(arrays));
const invalid = (message: RegExp) => ({ code: "INVALID_DATA", message: expect.stringMatching(message) });

/** The file of an .npz whose uint8 labels are marked as bool. */
function boolean(bytes: Buffer): string {
  const { zipSync } = fflate;
  const members = fflate.unzipSync(bytes);
  members["y_train.npy"] = Buffer.from(
    Buffer.from(members["y_train.npy"]).toString("latin1").replace("|u1", "|b1"),
    "latin1",
  );
  return file("a.npz", zipSync(members));
}

const keras = { x_train: u1(4, 2, 3), y_train: i8(0, 1, 2, 1), x_test: u1(2, 2, 3), y_test: i8(2, 0) };

describe("an .npz file", () => {
  test("of Keras's names is a grey set", async () => {
    const { name, train, test: rest } = await loadDataset(npz(keras));
    expect(name).toBe("Things");
    expect(train).toMatchObject({
      name: "Things/train",
      count: 4,
      shape: [1, 2, 3],
      classNames: ["0", "1", "2"],
      flippable: true,
    });
    expect([[...train.pixels], [...train.labels]]).toEqual([Array.from({ length: 24 }, (_, i) => i), [0, 1, 2, 1]]);
    expect(train.pixels.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(rest).toMatchObject({ name: "Things/test", count: 2, normalization: train.normalization });
    expect(train.normalization.mean[0]).toBeCloseTo(11.5 / 255, 12);
    expect((await loadDataset(npz(keras), { flippable: false })).train.flippable).toBe(false);
  });

  test("of MedMNIST's names has labels in a column, and validation images that are left alone", async () => {
    const arrays = {
      train_images: u1(2, 2, 2, 3),
      train_labels: column(1, 0),
      val_images: u1(1, 2, 2, 3),
      val_labels: column(0),
      test_images: u1(3, 2, 2, 3),
      test_labels: column(0, 1, 1),
    };
    const { train, test: rest } = await loadDataset(npz(arrays));
    expect(train).toMatchObject({ count: 2, shape: [3, 2, 2] });
    expect([...train.pixels.subarray(0, 12)]).toEqual([0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]);
    expect([...rest!.labels]).toEqual([0, 1, 1]);
    const { test_images: _, test_labels: __, ...untested } = arrays;
    expect((await loadDataset(npz(untested))).test).toMatchObject({ count: 1 });
  });

  test("may have its channels in front or at the end", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(1, 3),
        fc.integer({ min: 4, max: 6 }),
        fc.integer({ min: 4, max: 6 }),
        async (c, h, w) => {
          const y_train = i8(0, 1);
          const first = u1(2, c, h, w);
          const last = u1(2, h, w, c);
          for (let n = 0; n < 2; n++)
            for (let k = 0; k < c; k++)
              for (let i = 0; i < h * w; i++) last.data[(n * h * w + i) * c + k] = first.data[(n * c + k) * h * w + i];
          const a = await loadDataset(npz({ x_train: first, y_train }));
          expect(a.train.shape).toEqual([c, h, w]);
          expect(await loadDataset(npz({ x_train: last, y_train }))).toEqual(a);
        },
      ),
      { numRuns: 20 },
    );
  });

  const y = i8(0, 1, 2, 1);
  const plain = { x_train: keras.x_train, y_train: y };
  test.each([
    ["X", "y"],
    ["images", "labels"],
    ["X_train", "Y_train"],
    ["trainX", "trainY"],
    ["train_data", "train_labels"],
    ["data", "targets"],
    ["arr_0", "arr_1"],
  ])("may call its arrays %s and %s", async (images, labels) => {
    const { train } = await loadDataset(npz({ [labels]: y, [images]: keras.x_train }));
    expect(train).toEqual((await loadDataset(npz(plain))).train);
  });

  test("tells what arr_0 is taken for, and leaves arrays of other names alone", async () => {
    const warnings: string[] = [];
    const onWarning = (message: string) => warnings.push(message);
    await loadDataset(npz({ arr_0: keras.x_train, arr_1: y }), { onWarning });
    expect(warnings).toEqual([expect.stringMatching(/arr_0 is read as pixels and arr_1 as labels/)]);
    expect((await loadDataset(npz({ ...plain, label_names: u1(3), weights: u1(2) }))).train.count).toBe(4);
  });

  test.each<[string, (value: number) => number, NpyArray["dtype"], string[]]>([
    ["floats from 0 to 1", (v) => v / 255, "f4", ["x_train is read as pixels, its values from 0 to 1 times 255"]],
    ["doubles from 0 to 1", (v) => v / 255, "f8", ["times 255"]],
    ["floats from 0 to 255", (v) => v, "f4", []],
    ["integers", (v) => v, "i4", []],
  ])("may hold its pixels as %s", async (_, map, dtype, told) => {
    const warnings: string[] = [];
    const pixels = Array.from({ length: 24 }, (_, i) => (i * 11) % 256);
    const of = (type: NpyArray["dtype"], values: number[]) =>
      ({ dtype: type, shape: [4, 2, 3], data: new { u1: Uint8Array, f4: Float32Array, f8: Float64Array, i4: Int32Array }[type as "u1"](values) }) as NpyArray; // biome-ignore format: one array
    const onWarning = (message: string) => warnings.push(message);
    const { train } = await loadDataset(npz({ x_train: of(dtype, pixels.map(map)), y_train: y }), { onWarning });
    expect([...train.pixels]).toEqual(pixels);
    expect(warnings).toEqual(told.map((text) => expect.stringContaining(text)));
  });

  test("has one scale for all parts", async () => {
    const f4 = (...values: number[]): NpyArray => ({ dtype: "f4", shape: [2, 1, 1], data: Float32Array.from(values) });
    const labels = { y_train: i8(0, 1), y_test: i8(0, 1) };
    const { test: rest } = await loadDataset(npz({ x_train: f4(0, 200), x_test: f4(0, 1), ...labels }));
    expect([...rest!.pixels]).toEqual([0, 1]);
    await expect(loadDataset(npz({ x_train: f4(0, 1), x_test: f4(0, 200), ...labels }))).rejects.toMatchObject(
      invalid(/x_test holds 200, which the training images rule out/),
    );
  });

  test.each<[string, NpyArray, string[], number[]]>([
    ["from 1", i8(1, 2, 3, 2), ["1", "2", "3"], [0, 1, 2, 1]],
    ["as floats", { dtype: "f4", shape: [4], data: Float32Array.of(0, 1, 2, 1) }, ["0", "1", "2"], [0, 1, 2, 1]],
    [
      "one-hot",
      { dtype: "f4", shape: [4, 3], data: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0) },
      ["0", "1", "2"],
      [0, 1, 2, 1],
    ],
    [
      "as true and false",
      { dtype: "u1", shape: [4], data: Uint8Array.of(0, 1, 1, 0), isBool: true },
      ["false", "true"],
      [0, 1, 1, 0],
    ],
  ])("may have labels %s", async (_, labels, classNames, expected) => {
    const bytes = Buffer.from(encodeNpz({ x_train: keras.x_train, y_train: labels }));
    const { train } = await loadDataset(labels.isBool ? boolean(bytes) : file("a.npz", bytes));
    expect([train.classNames, [...train.labels]]).toEqual([classNames, expected]);
  });

  test("of NumPy, with texts as labels, by columns and big-endian", async () => {
    const { train } = await loadDataset(fileURLToPath(new URL("../../fixtures/formats/people.npz", import.meta.url)));
    expect(train).toMatchObject({ shape: [1, 2, 3], classNames: ["b", "\u00c4hre"] });
    expect([[...train.labels], [...train.pixels]]).toEqual([[0, 1, 0], Array.from({ length: 18 }, (_, i) => i * 14)]); // biome-ignore format: pairs
  });

  test("without a test part is split by class where that is asked for", async () => {
    const labels = Array.from({ length: 20 }, (_, i) => i % 2);
    const path = npz({ x_train: u1(20, 2, 2), y_train: i8(...labels) });
    expect((await loadDataset(path)).test).toBeUndefined();
    const { train, test: rest } = await loadDataset(path, { split: 0.8, seed: 1 });
    expect([train.count, rest?.count]).toEqual([16, 4]);
    const first = (set: typeof train) => Array.from({ length: set.count }, (_, i) => set.pixels[4 * i]);
    expect([...first(train), ...first(rest!)].sort((a, b) => a - b)).toEqual(labels.map((_, i) => 4 * i));
    for (const set of [train, rest!])
      for (const [i, label] of set.labels.entries()) expect(label).toBe((first(set)[i] / 4) % 2);
    expect(await loadDataset(path, { split: 0.8, seed: 1 })).toEqual({ name: "Things", train, test: rest, split: 0.8 });
    const { split, test: usual } = await loadDataset(path, { defaultSplit: 0.8, seed: 1 });
    expect([split, usual?.pixels]).toEqual([0.8, rest!.pixels]);
  });

  test.each<[string, Record<string, NpyArray>, RegExp]>([
    ["other arrays", { a: u1(1), b: u1(1) }, /holds a, b, neither x_train and y_train/],
    ["no labels", { x_train: u1(4, 2, 2) }, /holds no y_train/],
    ["a test part without images", { ...keras, x_test: undefined as never }, /holds no x_test/],
    [
      "normalised images",
      { ...keras, x_train: { dtype: "f4", shape: [4, 2, 2], data: new Float32Array(16).fill(-0.5, 3) } },
      /x_train is f4 \[4, 2, 2\] from -0.5 to 0, neither pixels from 0 to 255 \(uint8\) nor from 0 to 1; save/,
    ],
    ["flat images", { ...keras, x_train: u1(4, 6) }, /x_train is u1 \[4, 6\], not \[n, height, width\]/],
    ["volumes", { ...keras, x_train: u1(4, 5, 5, 5) }, /\[4, 5, 5, 5\], not of 1 or 3 channels/],
    [
      "images whose channels cannot be told",
      { ...keras, x_train: u1(4, 3, 3, 3) },
      /not of 1 or 3 channels, in front or at the end/,
    ],
    [
      "labels between classes",
      { ...keras, y_train: { dtype: "f8", shape: [4], data: Float64Array.of(0, 1, 0.5, 1) } },
      /y_train\[2\] is 0.5, which is not a class/,
    ],
    [
      "several labels an image",
      { ...keras, y_train: u1(4, 14) },
      /y_train is u1 \[4, 14\], not one integer for each of 4 images/,
    ],
    ["too few labels", { ...keras, y_train: i8(0, 1, 2) }, /not one integer for each of 4/],
    ["labels below zero", { ...keras, y_train: i8(0, 1, -1, 1) }, /y_train\[2\] is -1/],
    ["huge labels", { ...keras, y_train: i8(0, 1, 2 ** 40, 1) }, /y_train\[2\] is 1099511627776/],
    [
      "a class without images",
      { ...keras, y_train: i8(0, 1, 3, 1) },
      /no training image has the label 2, though 3 is one/,
    ],
    ["one class", { ...keras, y_train: i8(0, 0, 0, 0) }, /two classes or more/],
    [
      "test images of another size",
      { ...keras, x_test: u1(2, 3, 3) },
      /test images are 1 x 3 x 3, its training images 1 x 2 x 3/,
    ],
    ["a test label of no class", { ...keras, y_test: i8(0, 7) }, /test image 1 has the label 7/],
    ["no images", { ...keras, x_train: u1(0, 2, 2), y_train: i8() }, /\[0, 2, 2\]/],
  ])("is refused with %s", async (_, arrays, message) => {
    const given = Object.fromEntries(Object.entries(arrays).filter(([, array]) => array !== undefined));
    await expect(loadDataset(npz(given))).rejects.toMatchObject(invalid(message));
  });

  test("is refused where it is damaged or too large, by its path", async () => {
    await expect(loadDataset(file("a.npz", Buffer.from("no zip")))).rejects.toMatchObject(invalid(/a.npz": Not a zip/));
    await expect(loadDataset(npz(keras), { maxArchiveBytes: 10 })).rejects.toMatchObject(invalid(/limit of 10/));
    await expect(loadDataset(npz(keras), { size: 32 })).rejects.toMatchObject({ code: "INVALID_OPTION" });
  });
});
