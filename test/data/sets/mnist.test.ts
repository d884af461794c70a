import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadDataset } from "../../../src/data/index.ts";
import { gzip, realData, tree } from "../files.ts";

function idx(shape: readonly number[], data: Uint8Array): Buffer {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head.set([0, 0, 8, shape.length]);
  for (const [axis, size] of shape.entries()) head.writeUInt32BE(size, 4 + 4 * axis);
  return Buffer.concat([head, data]);
}

/** Image i has i in its corner, its row in the first row's place of each row, its column in the first row. */
function images(count: number): Buffer {
  const data = new Uint8Array(count * 784);
  for (let i = 0; i < count; i++) {
    for (let k = 1; k < 28; k++) {
      data[i * 784 + k] = 100 + k; // first row
      data[i * 784 + 28 * k] = 200 + k; // first column
    }
    data[i * 784] = i;
  }
  return idx([count, 28, 28], data);
}
const labels = (...values: number[]) => idx([values.length], Uint8Array.from(values));

const files = {
  "train-images-idx3-ubyte": images(4),
  "train-labels-idx1-ubyte": labels(3, 9, 0, 1),
  "t10k-images-idx3-ubyte": images(2),
  "t10k-labels-idx1-ubyte": labels(9, 2),
};
const packed = (all: Record<string, Uint8Array>) =>
  Object.fromEntries(Object.entries(all).map(([name, bytes]) => [`${name}.gz`, gzip(bytes)]));
const inside = (folder: string, all: Record<string, Uint8Array>) =>
  Object.fromEntries(Object.entries(all).map(([name, bytes]) => [`${folder}/${name}`, bytes]));
const corner = (pixels: Uint8Array, i: number) => [0, 1, 28].map((at) => pixels[i * 784 + at]);

describe("mnist and its like", () => {
  test("are read from the folder or the folder above it, gzipped or not", async () => {
    const set = await loadDataset("mnist", { dir: tree(files) });
    expect(set.train).toMatchObject({ name: "mnist/train", count: 4, shape: [1, 28, 28], flippable: false });
    expect(set.train.normalization).toEqual({ mean: [0.1307], std: [0.3081] });
    expect([set.train.labels, set.test.labels].map((all) => [...all])).toEqual([[3, 9, 0, 1], [9, 2]]); // biome-ignore format: pairs
    expect(corner(set.train.pixels, 3)).toEqual([3, 101, 201]);
    expect(set.train.pixels.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(set.train.classNames.join("")).toBe("0123456789");
    const { "train-images-idx3-ubyte": first, ...rest } = files;
    for (const content of [
      packed(files),
      inside("MNIST/raw", packed(files)),
      inside("raw", { ...packed(rest), "train-images-idx3-ubyte": first }),
      { ...inside("MNIST/raw", files), ...inside("FashionMNIST/raw", packed(files)) },
    ]) {
      expect(await loadDataset("mnist", { dir: tree(content) })).toEqual(set);
    }
  });

  test("may have the names that other programs give the files, or lie one folder further in, whatever its name", async () => {
    const set = await loadDataset("mnist", { dir: tree(files) });
    const renamed = (of: (name: string) => string, all: Record<string, Uint8Array> = files) =>
      Object.fromEntries(Object.entries(all).map(([name, bytes]) => [of(name), bytes]));
    const dotted = renamed((name) => name.replace("-idx", ".idx"));
    const places = [
      dotted,
      packed(dotted),
      renamed((name) => `${name}/${name}`),
      renamed((name) => `${name.replace("-idx", ".idx")}/${name.replace("-idx", ".idx")}`),
      renamed((name) => `digits/${name}`),
      {
        ...renamed((name) => `archive (1)/${name}`, packed(dotted)),
        "notes.txt": new Uint8Array(0),
        "a/x": new Uint8Array(0),
      },
    ];
    for (const place of places) expect(await loadDataset("mnist", { dir: tree(place) })).toEqual(set);
    await expect(loadDataset(tree(dotted))).rejects.toMatchObject({ code: "INVALID_OPTION" });
  });

  test("may be mirrored where they are clothes, and are never letters or digits", async () => {
    const dir = tree(inside("FashionMNIST/raw", packed(files)));
    const { train } = await loadDataset("fashion-mnist", { dir });
    expect(train).toMatchObject({ name: "fashion-mnist/train", flippable: true });
    expect([train.classNames[0], train.classNames[9], train.classNames.length]).toEqual([
      "T-shirt/top",
      "Ankle boot",
      10,
    ]);
    expect(train.normalization).toEqual({ mean: [0.2861], std: [0.353] });
    expect((await loadDataset("kmnist", { dir: tree(inside("KMNIST/raw", files)) })).train.flippable).toBe(false);
  });

  test("have statistics of their own where none are published", async () => {
    const { train, test: rest } = await loadDataset("kmnist", { dir: tree(files) });
    const values = [...train.pixels].map((pixel) => pixel / 255);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    expect(train.normalization.mean[0]).toBeCloseTo(mean, 12);
    expect(rest.normalization).toEqual(train.normalization);
  });

  test.each([
    ["letters", 26, 1],
    ["balanced", 47, 0],
    ["byclass", 62, 0],
    ["bymerge", 47, 0],
    ["digits", 10, 0],
    ["mnist", 10, 0],
  ] as const)(
    // biome-ignore format: splits
    "emnist-%s: %i classes from label %i, images upright",
    async (split, classes, first) => {
      const name = `emnist-${split}` as const;
      const content = {
        [`${name}-train-images-idx3-ubyte`]: images(2),
        [`${name}-train-labels-idx1-ubyte`]: labels(first, first + classes - 1),
        [`${name}-test-images-idx3-ubyte`]: images(1),
        [`${name}-test-labels-idx1-ubyte`]: labels(first + 1),
      };
      const { train, test: rest } = await loadDataset(name, { dir: tree(inside("gzip", packed(content))) });
      expect(train).toMatchObject({ name: `${name}/train`, count: 2, flippable: false });
      expect([...train.labels, ...rest.labels]).toEqual([0, classes - 1, 1]);
      expect([train.classNames.length, new Set(train.classNames).size]).toEqual([classes, classes]);
      expect(corner(train.pixels, 1)).toEqual([1, 201, 101]);
      const wrong = { ...content, [`${name}-test-labels-idx1-ubyte`]: labels(first + classes) };
      await expect(loadDataset(name, { dir: tree(wrong) })).rejects.toMatchObject({
        message: expect.stringMatching(
          `label of image 0 is ${first + classes}, not ${first} to ${first + classes - 1}`,
        ),
      });
    },
  );

  test.each<[string, Record<string, Uint8Array>, RegExp]>([
    [
      "a byte short",
      { "train-images-idx3-ubyte": images(4).subarray(0, -1) },
      /train-images-idx3-ubyte": .* needs 3136 bytes, but there are 3135/,
    ],
    [
      "of another size",
      { "t10k-images-idx3-ubyte": idx([1, 32, 32], new Uint8Array(1024)) },
      /holds u1 \[1, 32, 32\], not u1 \[n, 28, 28\]/,
    ],
    ["of too few labels", { "train-labels-idx1-ubyte": labels(1, 2, 3) }, /has 3 labels for 4 images/],
    [
      "of no images",
      { "t10k-images-idx3-ubyte": images(0), "t10k-labels-idx1-ubyte": labels() },
      /0 labels for 0 images/,
    ],
    ["of images for labels", { "train-labels-idx1-ubyte": images(4) }, /not u1 \[n\]/],
  ])("refuse a file %s", async (_, content, message) => {
    await expect(loadDataset("mnist", { dir: tree({ ...files, ...content }) })).rejects.toMatchObject({
      code: "INVALID_DATA",
      message: expect.stringMatching(message),
    });
  });

  test("say what is missing, where to get it, and where it may lie", async () => {
    const { "t10k-labels-idx1-ubyte": _, ...rest } = files;
    await expect(loadDataset("mnist", { dir: tree(rest) })).rejects.toMatchObject({
      code: "DATASET_NOT_FOUND",
      message: expect.stringMatching(/does not hold MNIST: t10k-labels-idx1-ubyte missing/),
      hint: expect.stringMatching(/train-images-idx3-ubyte.gz.*`dir`/),
    });
    const dir = tree(files);
    await expect(loadDataset("mnist", { dir: join(dir, "train-images-idx3-ubyte") })).rejects.toMatchObject({
      code: "DATASET_NOT_FOUND",
      message: expect.stringMatching(/is a file, not the folder/),
    });
    await expect(loadDataset(dir)).rejects.toMatchObject({
      hint: expect.stringMatching(/data set mnist with ".*" as its `dir`/),
    });
  });

  test("a damaged file is read or refused, nothing else", async () => {
    const root = tree(packed(files));
    const { writeFileSync } = await import("node:fs");
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.entries(packed(files))),
        fc.nat(),
        fc.nat(255),
        async ([name, whole], at, value) => {
          const bytes = Buffer.from(whole);
          bytes[at % bytes.length] = value;
          writeFileSync(join(root, name), bytes);
          const error = await loadDataset("mnist", { dir: root }).then(
            () => undefined,
            (e) => e,
          );
          writeFileSync(join(root, name), whole);
          if (error !== undefined) expect(error).toMatchObject({ name: "DatadamError", code: "INVALID_DATA" });
        },
      ),
      { numRuns: 200 },
    );
  });

  test("the real data have the published counts and statistics", async ({ skip }) => {
    const dir = realData("MNIST/raw");
    if (dir === undefined) return skip("no real MNIST: set DATADAM_TEST_DATA to the folder that holds MNIST/raw");
    const { train, test: rest } = await loadDataset("mnist", { dir });
    expect([train.count, rest.count]).toEqual([60_000, 10_000]);
    const counts = new Array(10).fill(0);
    for (const label of train.labels) counts[label]++;
    expect(counts).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    const computed = (await loadDataset("kmnist", { dir: join(dir, "MNIST") })).train.normalization;
    expect(computed.mean[0]).toBeCloseTo(train.normalization.mean[0], 4);
    expect(computed.std[0]).toBeCloseTo(train.normalization.std[0], 4);
  });
});
