// Folders as people have them: what is a class, what is a part, and what is neither.

import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { loadDataset } from "../../../src/data/index.ts";
import { colour, file, tar, tree } from "../files.ts";

/** A picture a path, each of another colour. */
const pictures = (...paths: string[]) =>
  Object.fromEntries(paths.map((path, i) => [path, path.endsWith("/") ? "" : colour([i, 2 * i, 90])]));
const several = (...folders: string[]) =>
  pictures(...folders.flatMap((folder) => [1, 2].map((i) => `${folder}/${i}.png`)));
const refused = (message: RegExp) => ({ code: "INVALID_DATA", message: expect.stringMatching(message) });

async function load(files: Readonly<Record<string, Uint8Array | string>>) {
  const warnings: string[] = [];
  const { train, test: rest } = await loadDataset(tree(files), { size: 2, onWarning: (text) => warnings.push(text) });
  return { train: train.count, test: rest?.count, classNames: train.classNames, warnings };
}

describe("folders that are no classes are refused", () => {
  test.each<[string, Record<string, Uint8Array | string>, RegExp]>([
    ["train and test", several("train", "test"), /holds parts \("train", "test"\), not classes/],
    ["train, val and test", several("train", "val", "test"), /holds parts \("train", "val", "test"\)/],
    ["in capitals", several("Train", "TEST"), /holds parts \("Train", "TEST"\)/],
    ["longer words", several("training_set", "validation_set"), /holds parts/],
    ["years", several("train2017", "val2017"), /holds parts/],
    ["within a folder of images", several("images/train", "images/val"), /images" holds parts/],
    [
      "with images of labels",
      { ...several("images/train", "images/val"), "labels/train/1.txt": "0 0 0 1 1" },
      /holds parts/,
    ],
    ["with a folder of images each", several("train/images", "valid/images"), /holds parts/],
    ["with masks each", several("train/images", "train/masks", "test/images", "test/masks"), /holds parts/],
    ["a third folder", several("train", "test", "samples"), /holds parts/],
    ["images and masks", several("images", "masks"), /"images", "masks": kinds of images, not classes/],
    ["other words for them", several("JPEGImages", "SegmentationClass"), /kinds of images/],
    ["images and annotations", several("img", "gt"), /kinds of images/],
    [
      "validation and test classes only",
      several("val/a", "val/b", "test/a", "test/b"),
      /"val", "test", but no training part/,
    ],
    ["images in one folder of images", several("photos/images"), /not in class folders/],
    ["a part with classes beside classes", several("a", "b", "test/a", "test/b"), /"test", which looks like a part/],
    ["parts within classes", several("a/train", "a/test", "b/train", "b/test"), /a" holds parts .*within the classes/],
    ["classes within two folders", several("x/a", "x/b", "y/a", "y/b"), /"a" and "b" are in .*x" and in .*y"/],
  ])("%s", async (_, files, message) => {
    await expect(load(files)).rejects.toMatchObject(refused(message));
  });

  test("a zip and a tar of them, too; the hint names a table beside them", async () => {
    const files = { ...several("train", "test"), "train.csv": Buffer.from("id,label\n1,a\n") };
    for (const path of [file("s.zip", zipSync(files)), file("s.tar", await tar(files))]) {
      await expect(loadDataset(path)).rejects.toMatchObject({
        ...refused(/holds parts/),
        hint: expect.stringMatching(/Do train.csv have the labels\?|metadata.csv/),
      });
    }
  });
});

describe("classes are told from parts", () => {
  test("a class that is called as a part is told", async () => {
    const { classNames, warnings } = await load(several("bus", "train"));
    expect(classNames).toEqual(["bus", "train"]);
    expect(warnings).toEqual([expect.stringMatching(/train" is taken for a class named "train", not for a part/)]);
    expect((await load(several("with_mask", "without_mask"))).warnings).toEqual([]);
    expect((await load(several("mask", "no_mask"))).warnings).toEqual([]);
  });

  test.each([
    ["loose images", ["test/1.png", "test/2.png"], /test" has no class folders, so its 2 images have no labels/],
    ["a folder of its own", ["test/test/1.png"], /test" has .*, so its 1 image has no label and was left out/],
    ["a folder for what is not known", ["test/unknown/1.png"], /has the folder "unknown" only, which is no class/],
  ])("a test part without labels is left out, aloud: %s", async (_, paths, message) => {
    const found = await load({ ...several("train/cat", "train/dog"), ...pictures(...paths) });
    expect(found).toMatchObject({ train: 4, test: undefined, warnings: [expect.stringMatching(message)] });
  });

  test("the validation part takes the place of a test part without labels", async () => {
    const found = await load({ ...several("train/a", "train/b", "val/a", "val/b"), ...pictures("test/1.png") });
    expect(found).toMatchObject({ train: 4, test: 4, warnings: [expect.stringMatching(/has no class folders/)] });
  });

  test("parts may have a folder around their classes", async () => {
    const found = await load(
      several("seg_train/seg_train/a", "seg_train/seg_train/b", "seg_test/seg_test/a", "seg_test/seg_test/b"),
    );
    expect(found).toMatchObject({ train: 4, test: 4, classNames: ["a", "b"], warnings: [] });
  });

  test("a picture beside the folders does not change what they are", async () => {
    const found = await load({
      ...several("set/train/a", "set/train/b", "set/test/a"),
      ...pictures("set/sample.png", "cover.png"),
    });
    expect(found).toMatchObject({ train: 4, test: 2, classNames: ["a", "b"] });
  });
});

describe("the images of a class", () => {
  test("may lie deeper, as torchvision takes them", async () => {
    expect(await load(several("cat/images", "dog/images"))).toMatchObject({ train: 4, warnings: [] });
    expect(await load(several("cat", "cat/more/and/more", "dog"))).toMatchObject({
      train: 6,
      classNames: ["cat", "dog"],
      warnings: [expect.stringMatching(/lie in folders within the class folder, .*: cat\/more$/)],
    });
    expect(await load(several("train/a/images", "train/b/images", "val/a", "val/b/x"))).toMatchObject({
      train: 4,
      test: 4,
    });
    expect(await load(several("a/b/c/d/e/f/g/h", "b/b/c/d/e/f/g/i"))).toMatchObject({
      train: 4,
      classNames: ["a", "b"],
    });
  });

  test("are without the masks that lie in folders beside them", async () => {
    expect(await load(several("COVID/images", "COVID/masks", "Normal/images", "Normal/masks"))).toMatchObject({
      train: 4,
      warnings: [
        expect.stringMatching(/^4 images .* in folders of masks or labels were left out: COVID\/masks\/1.png/),
      ],
    });
  });

  test("that seem to be masks of others are told", async () => {
    const files = pictures("a/1.png", "a/1_mask.png", "b/b (2).png", "b/b (2)_mask_1.png", "b/face_mask.png");
    expect((await load(files)).warnings).toEqual([
      expect.stringMatching(/^2 images .* seem to be masks of others, but are read as images: a\/1_mask.png/),
    ]);
  });

  test("of formats that are not read are told by that", async () => {
    const files = { ...several("a", "b"), "a/1.heic": "x", "b/2.dcm": "x", "b/notes.txt": "x" };
    expect((await load(files)).warnings).toEqual([
      expect.stringMatching(/^2 files .* are of formats that are not read, and were left out: a\/1.heic, b\/2.dcm/),
      expect.stringMatching(/^1 file .* is not an image in a class folder: b\/notes.txt$/),
    ]);
    await expect(load({ ...several("a", "b"), "c/1.heic": "x" })).rejects.toMatchObject(
      refused(/c" holds no image that is read .*of formats that are not read are c\/1.heic/),
    );
  });

  test("a name is one class in whatever form its letters are written", async () => {
    const nfd = "été".normalize("NFD");
    expect(nfd).not.toBe("été");
    const found = await load(several("train/été", "train/x", `test/${nfd}`, "test/x"));
    expect(found).toMatchObject({ train: 4, test: 4, classNames: ["x", "été"] });
    expect(await load(several("été", nfd, "x"))).toMatchObject({ train: 6, classNames: ["x", "été"] });
  });

  test.skipIf(process.platform === "win32")("a link to a folder above it is not followed for ever", async () => {
    const root = tree(several("a", "b"));
    mkdirSync(join(root, "a/in"));
    symlinkSync("..", join(root, "a/in/up"));
    symlinkSync(root, join(root, "b/root"));
    expect((await loadDataset(root, { size: 2 })).train.count).toBe(4);
  });
});
