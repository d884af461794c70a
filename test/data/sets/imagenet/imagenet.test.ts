import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { loadDataset } from "../../../../src/data/index.ts";
import { colour, file, gzip, tar, tree } from "../../files.ts";

const text = (lines: readonly string[]) => Buffer.from(`${lines.join("\n")}\n`);
const fails = (code: string, message: RegExp) => ({ code, message: expect.stringMatching(message) });
const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const at64 = (rgb: readonly [number, number, number]) => colour(rgb, 64, 64);
const first = (pixels: Uint8Array, n: number, side: number) => [0, 1, 2].map((c) => pixels[(3 * n + c) * side ** 2]);

describe("tiny-imagenet", () => {
  const files: Readonly<Record<string, Uint8Array>> = {
    "wnids.txt": text(["n02000002", "n01000001", "n03000003"]),
    "words.txt": text(["n00000000\tentity", "n01000001\tcrane, wader", "n02000002\tcliff, drop", "n03000003\tcrane"]),
    "train/n01000001/n01000001_boxes.txt": text(["n01000001_0.JPEG\t0\t0\t63\t63"]),
    "train/n01000001/images/n01000001_0.JPEG": at64([10, 20, 30]),
    "train/n01000001/images/n01000001_1.JPEG": at64([11, 20, 30]),
    "train/n02000002/images/n02000002_0.JPEG": at64([77, 77, 77]),
    "train/n03000003/images/n03000003_0.JPEG": at64([90, 80, 70]),
    "val/val_annotations.txt": text(["val_1.JPEG\tn01000001\t0\t0\t9\t9", "val_0.JPEG\tn02000002\t0\t0\t9\t9", "val_2.JPEG\tn01000001\t0\t0\t9\t9"]), // biome-ignore format: rows
    "val/images/val_0.JPEG": at64([1, 1, 1]),
    "val/images/val_1.JPEG": at64([2, 0, 0]),
    "val/images/val_2.JPEG": at64([3, 0, 0]),
    "test/images/test_0.JPEG": at64([9, 9, 9]),
  };
  const within = (folder: string, of = files) =>
    Object.fromEntries(Object.entries(of).map(([path, bytes]) => [`${folder}${path}`, bytes]));

  test("takes classes from wnids.txt, names from words.txt, the test part from val/; grey becomes RGB", async () => {
    const { name, train, test: rest } = await loadDataset("tiny-imagenet", { dir: tree(files) });
    expect(name).toBe("tiny-imagenet");
    expect(train).toMatchObject({ name: "tiny-imagenet/train", count: 4, shape: [3, 64, 64], flippable: true });
    expect(train.classNames).toEqual(["cliff", "crane (n01000001)", "crane (n03000003)"]);
    expect([train.normalization, rest.normalization]).toEqual([IMAGENET, IMAGENET]);
    expect([[...train.labels], [...rest.labels]]).toEqual([[0, 1, 1, 2], [0, 1, 1]]); // biome-ignore format: short
    expect([0, 1, 2, 3].map((n) => first(train.pixels, n, 64))).toEqual([[77, 77, 77], [10, 20, 30], [11, 20, 30], [90, 80, 70]]); // biome-ignore format: rows
    expect([0, 1, 2].map((n) => first(rest.pixels, n, 64))).toEqual([[1, 1, 1], [2, 0, 0], [3, 0, 0]]); // biome-ignore format: rows
  });

  test("may have its validation images sorted into folders of classes, as ImageFolder wants them", async () => {
    const folder = await loadDataset("tiny-imagenet", { dir: tree(files), size: 2 });
    const classes = ["n02000002", "n01000001", "n01000001"];
    const sorted = (inner: string, moved: number, kept: readonly string[] = []) => {
      const all = Object.entries(files).filter(([path]) => path !== "val/val_annotations.txt" || kept.includes(path));
      return Object.fromEntries(
        all.map(([path, bytes]) => {
          const [, n] = /^val\/images\/val_(\d)/.exec(path) ?? [];
          return [
            n === undefined || Number(n) >= moved ? path : `val/${classes[Number(n)]}/${inner}val_${n}.JPEG`,
            bytes,
          ];
        }),
      );
    };
    const list = ["val/val_annotations.txt"];
    for (const place of [sorted("images/", 3, list), sorted("", 3), sorted("", 3, list), sorted("", 2, list)]) {
      expect(await loadDataset("tiny-imagenet", { dir: tree(place), size: 2 })).toEqual(folder);
    }
    const flat = Object.fromEntries(Object.entries(files).map(([path, bytes]) => [path.replace(/^(train\/\w+)\/images/, "$1"), bytes])); // biome-ignore format: one choice
    expect(await loadDataset("tiny-imagenet", { dir: tree(flat), size: 2 })).toEqual(folder);
    const other = { ...sorted("", 3), "val/n09999999/val_9.JPEG": at64([5, 5, 5]) };
    await expect(loadDataset("tiny-imagenet", { dir: tree(other) })).rejects.toMatchObject(
      fails("INVALID_DATA", /val_9.JPEG" is of the class n09999999, which wnids.txt does not name/),
    );
  });

  test("reads the zip, the folder above, and a folder that holds the zip; takes a size and grey", async () => {
    const folder = await loadDataset("tiny-imagenet", { dir: tree(files) });
    const inside = within("tiny-imagenet-200/");
    const zip = file("tiny-imagenet-200.zip", zipSync(inside, { level: 0 }));
    for (const dir of [tree(inside), zip, join(zip, "..")]) {
      expect(await loadDataset("tiny-imagenet", { dir })).toEqual(folder);
    }
    const small = await loadDataset("tiny-imagenet", { dir: zip, size: 8, channels: 1 });
    expect([small.train.shape, small.test.shape]).toEqual([[1, 8, 8], [1, 8, 8]]); // biome-ignore format: short
    expect(small.train.normalization.mean).toHaveLength(1);
  });

  test.each<[string, Record<string, Uint8Array>, string, RegExp]>([
    ["a class without images", { "wnids.txt": text(["n01000001", "n02000002", "n03000003", "n04000004"]), "words.txt": text(["n01000001\ta", "n02000002\tb", "n03000003\tc", "n04000004\td"]) }, "INVALID_DATA", /n04000004.images" holds no image/], // biome-ignore format: row
    ["a class that is not listed", { "wnids.txt": text(["n01000001", "n02000002"]) }, "INVALID_DATA", /n03000003_0.JPEG" is of the class n03000003/], // biome-ignore format: row
    ["a class twice", { "wnids.txt": text(["n01000001", "n01000001"]) }, "INVALID_DATA", /names n01000001 twice/],
    ["a single class", { "wnids.txt": text(["n01000001"]) }, "INVALID_DATA", /has 1 class;/],
    ["a class without a name", { "words.txt": text(["n01000001\ta"]) }, "INVALID_DATA", /no name for n02000002/],
    ["a test image of no class", { "val/images/val_3.JPEG": at64([0, 0, 0]) }, "INVALID_DATA", /class of "val\/images\/val_3/], // biome-ignore format: row
    ["an annotation without its image", { "val/val_annotations.txt": text(["val_9.JPEG\tn01000001"]) }, "INVALID_DATA", /Line 1 .* names "val_9.JPEG"/], // biome-ignore format: row
    ["an annotation of another class", { "val/val_annotations.txt": text(["val_0.JPEG\tn09"]) }, "INVALID_DATA", /Line 1 .* class "n09"/], // biome-ignore format: row
    [
      "an image that is none",
      { "val/images/val_0.JPEG": Buffer.from("x") },
      "INVALID_DATA",
      /val_0.JPEG" is not a PNG/,
    ],
  ])("refuses %s", async (_, more, code, message) => {
    await expect(loadDataset("tiny-imagenet", { dir: tree({ ...files, ...more }) })).rejects.toMatchObject(
      fails(code, message),
    );
  });

  test("refuses a missing list by name, a folder of something else, no folder, and --split", async () => {
    const root = tree(files);
    rmSync(join(root, "words.txt"));
    const load = (options: object) => loadDataset("tiny-imagenet", options);
    await expect(load({ dir: root })).rejects.toMatchObject(fails("DATASET_NOT_FOUND", /words.txt" is missing/));
    await expect(load({ dir: tree({ "a/1.png": at64([0, 0, 0]) }) })).rejects.toMatchObject(
      fails("DATASET_NOT_FOUND", /wnids.txt is missing/),
    );
    await expect(load({})).rejects.toMatchObject(fails("INVALID_OPTION", /needs to know where/));
    await expect(load({ dir: "/nowhere" })).rejects.toMatchObject(fails("DATASET_NOT_FOUND", /\/nowhere/));
    await expect(load({ dir: root, split: 0.5 })).rejects.toMatchObject(fails("INVALID_OPTION", /no option split/));
    await expect(loadDataset(root)).rejects.toMatchObject(fails("INVALID_OPTION", /holds tiny-imagenet as published/));
  });
});

describe("imagenette and imagewoof", () => {
  const files = {
    "imagewoof2/train/n02111889/1.JPEG": colour([9, 9, 9], 20, 10),
    "imagewoof2/train/n02086240/1.JPEG": colour([8, 0, 0], 10, 20),
    "imagewoof2/val/n02086240/2.JPEG": colour([7, 0, 0], 10, 20),
    "imagewoof2/noisy_imagewoof.csv": Buffer.from("path\n"),
  };

  test("are RGB of 128 x 128 with the statistics of ImageNet and readable names, packed or not", async () => {
    const { train, test: rest } = await loadDataset("imagewoof", { dir: join(tree(files), "imagewoof2") });
    expect(train).toMatchObject({ name: "imagewoof/train", count: 2, shape: [3, 128, 128], normalization: IMAGENET });
    expect(train.classNames).toEqual(["Shih-Tzu", "Samoyed"]);
    expect([0, 1].map((n) => first(train.pixels, n, 128))).toEqual([[8, 0, 0], [9, 9, 9]]); // biome-ignore format: short
    expect([rest.count, rest.labels[0]]).toEqual([1, 0]);
    const archive = file("imagewoof2-160.tgz", gzip(await tar(files)));
    const folder = await loadDataset("imagewoof", { dir: tree(files), size: 8 });
    for (const dir of [archive, join(archive, "..")]) {
      expect(await loadDataset("imagewoof", { dir, size: 8 })).toEqual(folder);
    }
  });

  test("names are readable by path too, but only where every class is known", async () => {
    expect((await loadDataset(tree(files), { size: 2 })).train.classNames).toEqual(["Shih-Tzu", "Samoyed"]);
    const more = { ...files, "imagewoof2/train/n00000001/1.JPEG": colour([1, 1, 1]) };
    expect((await loadDataset(tree(more), { size: 2 })).train.classNames[1]).toBe("n02086240");
  });

  test("refuse each other, and one without val/", async () => {
    await expect(loadDataset("imagenette", { dir: join(tree(files), "imagewoof2") })).rejects.toMatchObject(
      fails("INVALID_DATA", /is not imagenette: it has the class "n02086240"/),
    );
    const { "imagewoof2/val/n02086240/2.JPEG": _, ...rest } = files;
    await expect(loadDataset("imagewoof", { dir: tree(rest) })).rejects.toMatchObject(
      fails("INVALID_DATA", /is not imagewoof: it has (no val|the class "train")/),
    );
    await expect(loadDataset("imagewoof")).rejects.toMatchObject(fails("INVALID_OPTION", /needs to know where/));
  });
});

describe("real files", () => {
  const root = process.env.DATADAM_TEST_DATA;
  const lacks = (name: string) =>
    root === undefined || !existsSync(join(root, name)) ? `no ${name} in the folder that DATADAM_TEST_DATA names` : "";

  test("Tiny ImageNet is consistent", async ({ skip }) => {
    const why = lacks("tiny-imagenet-200.zip");
    if (why) return skip(why);
    const { train, test: rest } = await loadDataset("tiny-imagenet", { dir: root! });
    expect([train.shape, rest.shape]).toEqual([[3, 64, 64], [3, 64, 64]]); // biome-ignore format: short
    expect(train.classNames).toContain("Egyptian cat");
    expect(new Set(rest.labels).size).toBe(train.classNames.length);
  });

  test("ImageWoof has ten breeds in colour, about as bright as ImageNet", async ({ skip }) => {
    const why = lacks("imagewoof2-320.tgz");
    if (why) return skip(why);
    const { train, test: rest } = await loadDataset("imagewoof", { dir: root!, size: 32 });
    expect(train.classNames).toHaveLength(10);
    expect(train.classNames).toContain("golden retriever");
    expect([train.shape[0], new Set(rest.labels).size]).toEqual([3, 10]);
    const mean = train.pixels.reduce((a, b) => a + b, 0) / train.pixels.length / 255;
    expect(Math.abs(mean - 0.45)).toBeLessThan(0.08);
  });
});
