import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadDataset } from "../../../src/data/index.ts";
import { decodeNpy } from "../../../src/formats/index.ts";
import { colour, tree } from "../files.ts";

const fixture = (name: string) => new Uint8Array(readFileSync(new URL(`../../fixtures/data/${name}`, import.meta.url)));
const pixels = (name: string) => decodeNpy(fixture(`${name}.npy`)).data as Uint8Array;
const planes = (hwc: Uint8Array) => Uint8Array.from(hwc, (_, i) => hwc[(i % 64) * 3 + Math.floor(i / 64)]);

const red = colour([200, 10, 20]);
const blue = colour([10, 20, 200]);
const grey = colour([70, 70, 70]);
const small = { size: 2 };
const fails = (code: string, message: RegExp) => ({ code, message: expect.stringMatching(message) });

describe("a folder of class folders", () => {
  test("becomes a training set in the order of the sorted paths, in shared memory", async () => {
    const root = tree({ "b/2.png": red, "b/10.png": blue, "B/x.PNG": red, "a/z.png": grey });
    const { name, train, test: rest } = await loadDataset(root, small);
    expect(rest).toBeUndefined();
    expect(train).toMatchObject({ name: `${name}/train`, count: 4, shape: [3, 2, 2], flippable: true });
    expect(train.classNames).toEqual(["B", "a", "b"]);
    expect([...train.labels]).toEqual([0, 1, 2, 2]);
    expect(Array.from(train.pixels).filter((_, i) => i % 4 === 0)).toEqual([
      200, 10, 20, 70, 70, 70, 10, 20, 200, 200, 10, 20,
    ]);
    expect(train.pixels.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(train.labels.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  test("is split by default where that is asked for, as the same split asked for by name would", async () => {
    const names = Array.from({ length: 7 }, (_, i) => i);
    const root = tree(
      Object.fromEntries(names.flatMap((i) => ["a", "b"].map((c) => [`${c}/${i}.png`, colour([9 * i, 0, 1])]))),
    );
    const warnings: string[] = [];
    const load = (options: object) =>
      loadDataset(root, { ...small, onWarning: (told) => warnings.push(told), defaultSplit: 0.8, ...options });
    const [usual, named] = [await load({}), await load({ split: 0.8 })];
    expect([usual.split, named.split]).toEqual([0.8, 0.8]);
    expect([usual.train.count, usual.test?.count]).toEqual([12, 2]);
    for (const part of ["train", "test"] as const) expect(usual[part]?.pixels).toEqual(named[part]?.pixels);
    expect(usual.train.normalization).toEqual(named.train.normalization);
    const others = [{ split: 0.5 }, { split: 1 }, { holdOut: 3 }, { firstPerClass: 6 }];
    const counts = await Promise.all(others.map(async (options) => (await load(options)).train.count));
    expect(counts).toEqual([8, 14, 8, 12]);
    expect(warnings).toEqual([]);
    const few = tree({ "a/1.png": red, "b/1.png": red, "a/2.png": blue, "b/2.png": red });
    const whole = await loadDataset(few, { ...small, defaultSplit: 0.8, onWarning: (told) => warnings.push(told) });
    expect([whole.train.count, whole.test, whole.split]).toEqual([4, undefined, undefined]);
    expect(warnings).toEqual([expect.stringMatching(/held out for testing, since the class "a" has only 2\. With/)]);
  });

  test("takes train/ and test/ as the parts; statistics are of the training part", async () => {
    const root = tree({ "train/a/1.png": red, "train/b/1.png": blue, "test/b/9.png": grey, "val/a/1.png": red });
    const warnings: string[] = [];
    const { train, test: rest } = await loadDataset(root, { ...small, onWarning: (w) => warnings.push(w) });
    expect([train.count, rest?.count, [...(rest?.labels ?? [])]]).toEqual([2, 1, [1]]);
    expect(rest?.normalization).toEqual(train.normalization);
    const [mean, std] = [train.normalization.mean[0] * 255, train.normalization.std[0] * 255];
    expect([mean, std]).toEqual([expect.closeTo(105, 9), expect.closeTo(95, 9)]);
    expect(warnings).toEqual([
      expect.stringMatching(/has a test part, so its validation part \(1 image\) was left out; `valPart: "test"` or /),
      expect.stringMatching(/test part .* no image of a/),
    ]);
  });

  test("takes val/ where there is no test/, and passes through a folder around everything", async () => {
    const root = tree({ "woof/train/a/1.png": red, "woof/train/b/1.png": blue, "woof/val/a/1.png": red });
    const { train, test: rest } = await loadDataset(root, small);
    expect([train.classNames, train.count, rest?.count]).toEqual([["a", "b"], 2, 1]);
  });

  test("is split by class, the same way for the same seed, and nothing is lost", async () => {
    const shade = (i: number) => colour([i, i, i]);
    const files = Object.fromEntries(
      ["a", "b"].flatMap((c, k) => [...Array(10)].map((_, i) => [`${c}/${i}.png`, shade(10 * k + i)])),
    );
    const root = tree(files);
    const load = (seed: number) => loadDataset(root, { size: 1, split: 0.7, seed });
    const values = (d: Awaited<ReturnType<typeof load>>) => [[...d.train.pixels], [...(d.test?.pixels ?? [])]];
    const one = await load(1);
    expect([...one.train.labels]).toEqual([...new Array(7).fill(0), ...new Array(7).fill(1)]);
    expect(values(one).flat().sort((a, b) => a - b)).toEqual([...Array(20).keys()]); // biome-ignore format: short
    expect(values(await load(1))).toEqual(values(one));
    expect(values(await load(2))).not.toEqual(values(one));
  });

  test("a split leaves at least one image on each side, and refuses a class of one image", async () => {
    const root = tree({ "a/1.png": red, "a/2.png": red, "b/1.png": blue, "b/2.png": blue });
    const { train, test: rest } = await loadDataset(root, { ...small, split: 0.99 });
    expect([train.count, rest?.count]).toEqual([2, 2]);
    const single = tree({ "a/1.png": red, "a/2.png": red, "b/1.png": blue });
    await expect(loadDataset(single, { ...small, split: 0.5 })).rejects.toMatchObject(
      fails("INVALID_DATA", /"b" has only one image/),
    );
    expect((await loadDataset(single, small)).train.count).toBe(3);
  });

  test("is grey where every image is, RGB where one is not, and as asked where asked", async () => {
    const root = tree({ "a/1.png": grey, "b/1.png": grey });
    expect((await loadDataset(root, small)).train).toMatchObject({
      shape: [1, 2, 2],
      pixels: new Uint8Array(8).fill(70),
    });
    expect((await loadDataset(root, { ...small, channels: 3 })).train.shape).toEqual([3, 2, 2]);
    const mixed = tree({ "a/1.png": grey, "b/1.png": red });
    expect((await loadDataset(mixed, small)).train.shape).toEqual([3, 2, 2]);
    const luma = Math.round(0.299 * 200 + 0.587 * 10 + 0.114 * 20);
    expect([...(await loadDataset(mixed, { size: 1, channels: 1 })).train.pixels]).toEqual([70, luma]);
  });

  test("scales the shorter side and keeps the centre", async () => {
    // 12 x 4: red, blue, red thirds; the central square is blue
    const wide = new Uint8Array(12 * 4 * 3);
    for (let i = 0; i < 48; i++) wide.set(i % 12 >= 4 && i % 12 < 8 ? [0, 0, 255] : [255, 0, 0], 3 * i);
    const { encodePng } = await import("../../../src/formats/index.ts");
    const root = tree({ "a/1.png": encodePng(wide, { width: 12, height: 4, channels: 3 }), "b/1.png": red });
    const { train } = await loadDataset(root, { size: 4 });
    expect(train.pixels.subarray(0, 48)).toEqual(Uint8Array.from({ length: 48 }, (_, i) => (i < 32 ? 0 : 255)));
  });

  test("files outside class folders are left out with a warning, hidden ones silently", async () => {
    const root = tree({
      "a/1.png": red, "b/1.png": blue, "readme.txt": "", "cover.png": red, "a/notes.txt": "", "a/deep/1.png": red, "a/._1.png": "", ".git/x": "",
    }); // biome-ignore format: one line
    const warnings: string[] = [];
    const { train } = await loadDataset(root, { ...small, onWarning: (w) => warnings.push(w) });
    expect(train.count).toBe(3);
    expect(warnings).toEqual([
      expect.stringMatching(/^Images of 1 class of .* lie in folders within the class folder.*: a\/deep$/),
      expect.stringMatching(/^3 files .*: a\/notes.txt, cover.png, readme.txt$/),
    ]);
  });

  test.each([
    ["rgb.png", planes(pixels("rgb")), 0],
    ["lossless.webp", planes(pixels("rgb")), 0],
    ["opaque.png", planes(pixels("rgb")), 0],
    ["palette.png", planes(pixels("palette")), 0],
    ["transparent.png", new Uint8Array(192).fill(255), 0],
    ["flat.jpg", planes(Uint8Array.from({ length: 192 }, (_, i) => [200, 100, 50][i % 3])), 1],
    ["flatgrey.jpg", new Uint8Array(192).fill(77), 0],
    ["grey.png", planes(Uint8Array.from({ length: 192 }, (_, i) => pixels("grey")[Math.floor(i / 3)])), 0],
    ["grey16.png", planes(Uint8Array.from({ length: 192 }, (_, i) => pixels("grey")[Math.floor(i / 3)])), 0],
  ])("has the pixels that Pillow sees: %s", async (name, expected, tolerance) => {
    const root = tree({ [`a/${name}`]: fixture(name), "b/1.png": red });
    const { train } = await loadDataset(root, { size: 8, channels: 3 });
    const off = expected.map((value, i) => Math.abs(value - train.pixels[i]));
    expect(Math.max(...off)).toBeLessThanOrEqual(tolerance);
  });

  test("one channel is the luma that Pillow computes, to a rounding", async () => {
    const root = tree({ "a/1.png": fixture("rgb.png"), "b/1.png": red });
    const { train } = await loadDataset(root, { size: 8, channels: 1 });
    const off = pixels("luma").map((value, i) => Math.abs(value - train.pixels[i]));
    expect(Math.max(...off)).toBeLessThanOrEqual(1);
  });

  test("symbolic links to images and to folders are followed, dead ones are named", async () => {
    const outside = tree({ "x/1.png": blue });
    const root = tree({ "a/1.png": red });
    symlinkSync(join(outside, "x"), join(root, "b"));
    expect((await loadDataset(root, small)).train.classNames).toEqual(["a", "b"]);
    symlinkSync(join(outside, "gone.png"), join(root, "a/2.png"));
    await expect(loadDataset(root, small)).rejects.toMatchObject(fails("INVALID_DATA", /a\/2.png" cannot be read/));
  });

  const png = Buffer.from(colour([1, 2, 3], 40, 40));
  test.each([8, 12, 20, 60])(
    "a PNG of its first %i bytes has a reason, and a hint how to leave it out",
    async (end) => {
      const root = tree({ "a/1.png": red, "b/0.png": png.subarray(0, end), "b/1.png": blue });
      await expect(loadDataset(root, small)).rejects.toMatchObject({
        message: expect.stringMatching(/b\/0.png" cannot be decoded: [^\n]*[^\s:.]\.$/),
        hint: expect.stringContaining('`corrupt: "skip"`'),
      });
    },
  );

  test.each<[string, Record<string, Uint8Array | string>, string, RegExp]>([
    ["an empty image", { "a/1.png": red, "b/0.png": "" }, "INVALID_DATA", /b\/0.png" is empty/],
    ["an image that is none", { "a/1.png": red, "b/0.png": "<svg/>" }, "INVALID_DATA", /b\/0.png" is not a PNG/],
    [
      "an image cut off",
      { "a/1.png": red, "b/0.png": png.subarray(0, 60) },
      "INVALID_DATA",
      /b\/0.png" cannot be decoded: [^\n]*[^\s:.]\.$/,
    ],
    ["a class without an image", { "a/1.png": red, "b/1.png": red, "c/": "" }, "INVALID_DATA", /\/c" holds no image/],
    ["one class only", { "a/1.png": red }, "INVALID_DATA", /only one class \("a"\)/],
    ["images in no class", { "1.png": red, "2.png": red }, "INVALID_DATA", /no class folders/],
    ["no image at all", { "a/1.txt": "" }, "DATASET_NOT_FOUND", /holds no images/],
    [
      "formats that are not read",
      { "a/1.heic": "" },
      "DATASET_NOT_FOUND",
      /1 file of formats that are not read: a.1.heic/,
    ],
    [
      "a test class that is not trained",
      { "train/a/1.png": red, "train/b/1.png": red, "test/c/1.png": red, "test/d/1.png": red },
      "INVALID_DATA",
      /class "c"/,
    ],
    ["CIFAR-10's own folder", { "data_batch_1.bin": "" }, "INVALID_OPTION", /holds cifar10 as published/],
  ])("refuses %s", async (_, files, code, message) => {
    await expect(loadDataset(tree(files), small)).rejects.toMatchObject(fails(code, message));
  });

  test.each([
    [{ size: 0 }, /size must be .* 0/],
    [{ size: 1.5 }, /1.5/],
    [{ channels: 2 as 1 }, /channels .* 2/],
    [{ split: 1.2 }, /fraction .* is 1.2$/],
    [{ split: 0.5, seed: -1 }, /seed .* -1/],
  ])("refuses the option %o", async (options, message) => {
    const root = tree({ "a/1.png": red, "a/2.png": red, "b/1.png": blue, "b/2.png": blue });
    await expect(loadDataset(root, options)).rejects.toMatchObject(fails("INVALID_OPTION", message));
  });

  test("refuses a set too large for memory before decoding it", async () => {
    const root = tree(Object.fromEntries([...Array(400)].map((_, i) => [`${i % 2}/${i}.png`, ""])));
    await expect(loadDataset(root, { size: 4096, store: "memory" })).rejects.toMatchObject(
      fails("INVALID_OPTION", /400 images .* 18.8 GiB/),
    );
  });
});

test("an unknown name is told with the names that are known", async () => {
  await expect(loadDataset("cifar11")).rejects.toMatchObject({
    code: "DATASET_NOT_FOUND",
    message: expect.stringContaining('"cifar11"'),
    hint: expect.stringMatching(/builtin, cifar10.*path/),
  });
});
