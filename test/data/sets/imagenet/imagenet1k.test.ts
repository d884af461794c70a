import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type DatasetOptions, loadDataset } from "../../../../src/data/index.ts";
import { fingerprint } from "../../../../src/run/index.ts";
import { colour, tar, tree } from "../../files.ts";

const fails = (code: string, message: RegExp) => ({ code, message: expect.stringMatching(message) });
const text = (lines: readonly (string | number)[]) => Buffer.from(`${lines.join("\n")}\n`);
const wnid = (n: number) => `n${String(n).padStart(8, "0")}`;
const val = (n: number) => `ILSVRC2012_val_${String(n).padStart(8, "0")}.JPEG`;
const shade = (n: number) => colour([n % 256, 3 * (n % 80), Math.floor(n / 4)]);

/** Three synsets, 30 first in the development kit's order, 10 first in the sorted one. */
const KIT = [wnid(30), wnid(10), wnid(20)];
const train: Readonly<Record<string, Uint8Array>> = Object.fromEntries(
  KIT.flatMap((synset, c) => [7, 10, 9].map((i) => [`${synset}/${synset}_${i}.JPEG`, shade(10 * c + i)])),
);
/** Classes of the validation images, as numbers from 1. */
const TRUTH = [2, 1, 3, 2];

/** As published, with the entries of each archive in an order of their own. */
async function archives(more: Readonly<Record<string, Uint8Array>> = {}, images = train): Promise<string> {
  const inner: Record<string, Uint8Array> = {};
  for (const synset of KIT) {
    const files = Object.entries(images).filter(([path]) => path.startsWith(synset));
    inner[`${synset}.tar`] = await tar(Object.fromEntries(files.map(([path, bytes]) => [path.split("/")[1], bytes])));
  }
  return tree({
    "ILSVRC2012_img_train.tar": await tar(inner),
    "ILSVRC2012_img_val.tar": await tar(Object.fromEntries([3, 1, 4, 2].map((n) => [val(n), shade(200 + n)]))),
    "ILSVRC2012_validation_ground_truth.txt": text(TRUTH),
    "synsets.txt": text(KIT.map((synset) => `${synset} some, names`)),
    ...more,
  });
}

const folders = (images = train) =>
  tree({
    ...Object.fromEntries(Object.entries(images).map(([path, bytes]) => [`train/${path}`, bytes])),
    ...Object.fromEntries(TRUTH.map((c, i) => [`val/${KIT[c - 1]}/${val(i + 1)}`, shade(201 + i)])),
  });

const small = (dir: string, more: DatasetOptions = {}): DatasetOptions => ({ dir, size: 4, cacheDir: tree({}), ...more }); // biome-ignore format: short

describe("imagenet", () => {
  test("has the sorted synsets as classes, 64 x 64 RGB and the usual statistics; val/ is the test part", async () => {
    const { name, train: set, test: rest } = await loadDataset("imagenet", { dir: folders() });
    expect([name, set.shape, set.classNames]).toEqual(["imagenet", [3, 64, 64], [wnid(10), wnid(20), wnid(30)]]);
    expect(set.normalization).toEqual({ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] });
    expect([[...set.labels], [...rest.labels]]).toEqual([[0, 0, 0, 1, 1, 1, 2, 2, 2], [0, 0, 1, 2]]); // biome-ignore format: short
  });

  test("is the same from the published archives, read once into the cache", async () => {
    const folder = await loadDataset("imagenet", small(folders()));
    const options = small(await archives());
    for (const decoded of [13, 0]) {
      const seen: (number | undefined)[] = [];
      const set = await loadDataset("imagenet", { ...options, onProgress: (done) => seen.push(done) });
      expect(seen).toHaveLength(decoded);
      for (const part of ["train", "test"] as const) {
        expect(fingerprint(set[part])).toBe(fingerprint(folder[part]));
        expect([...set[part].pixels]).toEqual([...folder[part].pixels]);
      }
    }
    expect(readdirSync(options.cacheDir!)).toHaveLength(1);
  });

  test("takes the synsets themselves as the ground truth, and the lists from the development kit's folder", async () => {
    const folder = await loadDataset("imagenet", small(folders()));
    const named = text(TRUTH.map((c) => KIT[c - 1]));
    const root = await archives({ "ILSVRC2012_validation_ground_truth.txt": named, "synsets.txt": text(["nothing"]) });
    expect(fingerprint((await loadDataset("imagenet", small(root))).test)).toBe(fingerprint(folder.test));
    const list = "ILSVRC2012_validation_ground_truth.txt";
    const kit = await archives({ [`ILSVRC2012_devkit_t12/data/${list}`]: named });
    rmSync(join(kit, list));
    expect(fingerprint((await loadDataset("imagenet", small(kit))).test)).toBe(fingerprint(folder.test));
    rmSync(join(kit, "ILSVRC2012_devkit_t12"), { recursive: true });
    await expect(loadDataset("imagenet", small(kit))).rejects.toMatchObject(fails("DATASET_NOT_FOUND", /truth.txt" is missing/)); // biome-ignore format: short
  });

  test("refuses an inner archive of no bytes (found by scripts/fuzz.mjs)", async () => {
    const inner = await tar({ [`${KIT[0]}.tar`]: Buffer.alloc(0) });
    const options = small(await archives({ "ILSVRC2012_img_train.tar": inner }));
    const failure = fails("INVALID_DATA", /img_train.tar: n00000030.tar" was refused: it is empty/);
    await expect(loadDataset("imagenet", options)).rejects.toMatchObject(failure);
  });

  test("goes on where a corrupt image stopped it, leaving that out where asked", async () => {
    const bad = { ...train, [`${KIT[2]}/${KIT[2]}_9.JPEG`]: Buffer.from("no image") };
    const options = small(await archives({}, bad));
    const failure = fails("INVALID_DATA", /img_train.tar: n00000020.tar: n00000020_9.JPEG" is not a PNG/);
    await expect(loadDataset("imagenet", options)).rejects.toMatchObject(failure);
    const seen: number[] = [];
    const warnings: string[] = [];
    const listeners = { onProgress: (done: number) => seen.push(done), onWarning: (w: string) => warnings.push(w) };
    const set = await loadDataset("imagenet", { ...options, ...listeners, corrupt: "skip" });
    expect([seen[0], set.train.count, warnings]).toEqual([
      8,
      8,
      [expect.stringMatching(/1 image .* was skipped/), expect.stringMatching(/12 images .* is a PNG/)],
    ]);
    const { [`${KIT[2]}/${KIT[2]}_9.JPEG`]: _, ...good } = train;
    expect(fingerprint(set.train)).toBe(fingerprint((await loadDataset("imagenet", small(folders(good)))).train));
  });

  test.each<[string, Record<string, Uint8Array>, string, RegExp]>([
    ["a number beyond the synsets", { "ILSVRC2012_validation_ground_truth.txt": text([1, 2, 3, 4]) }, "INVALID_DATA", /Line 4 .* is "4", neither a synset nor a number from 1 to 3/], // biome-ignore format: row
    ["fewer lines than images", { "ILSVRC2012_validation_ground_truth.txt": text([1, 2, 3]) }, "INVALID_DATA", /holds 4 images, but the ground truth has 3/], // biome-ignore format: row
    ["a synset that is none", { "synsets.txt": text(["cat", "dog", "cow"]) }, "INVALID_DATA", /Line 1 .* is "cat"/],
    ["synsets in the sorted order", { "synsets.txt": text(Array.from({ length: 1000 }, (_, i) => wnid(i))) }, "INVALID_DATA", /is sorted, so it is not in the order/], // biome-ignore format: row
    ["a compressed archive", { "ILSVRC2012_img_train.tar": Buffer.from("\x1f\x8b".padEnd(2000, "x"), "latin1") }, "INVALID_DATA", /byte 0 is not a header/], // biome-ignore format: row
  ])("refuses %s", async (_, more, code, message) => {
    await expect(loadDataset("imagenet", small(await archives(more)))).rejects.toMatchObject(fails(code, message));
  });

  test("refuses archives that are cut off, memory for archives, and folders of something else", async () => {
    const root = await archives();
    await expect(loadDataset("imagenet", small(root, { store: "memory" }))).rejects.toMatchObject(
      fails("INVALID_OPTION", /always decoded into the cache/),
    );
    for (const name of ["ILSVRC2012_img_train.tar", "ILSVRC2012_img_val.tar"]) {
      const whole = await archives();
      const bytes = Buffer.alloc(3000);
      writeFileSync(join(whole, name), bytes.fill((await tar({ "a.JPEG": new Uint8Array(9000) })).subarray(0, 3000)));
      await expect(loadDataset("imagenet", small(whole))).rejects.toMatchObject(fails("INVALID_DATA", /cut off in "a.JPEG"/)); // biome-ignore format: short
    }
    const other = tree({ "train/cat/1.png": shade(1), "train/dog/1.png": shade(2), "val/cat/1.png": shade(3) });
    await expect(loadDataset("imagenet", small(other))).rejects.toMatchObject(fails("INVALID_DATA", /class "cat", which is not a synset/)); // biome-ignore format: short
    await expect(loadDataset("imagenet:nette", small(root))).rejects.toMatchObject(fails("INVALID_DATA", /has 3 classes; those of imagenet:nette are counted among all 1000/)); // biome-ignore format: short
  });
});

describe("a subset of imagenet", () => {
  const all = Array.from({ length: 1000 }, (_, i) => wnid(1000 + i));
  const files = Object.fromEntries(
    all.flatMap((synset, i) => [
      [`train/${synset}/1.JPEG`, shade(i)],
      [`val/${synset}/2.JPEG`, i % 500 === 499 ? Buffer.from("not decoded") : shade(i)],
    ]),
  );

  test("takes its classes by their numbers, in the order of its list, and decodes no others", async () => {
    const root = tree(files);
    const { name, train: set, test: rest } = await loadDataset("imagenet:woof", { dir: root, size: 1 });
    const numbers = [193, 182, 258, 162, 155, 167, 159, 273, 207, 229];
    expect([name, set.classNames]).toEqual(["imagenet:woof", numbers.map((i) => all[i])]);
    const expected = numbers.map((i) => [i % 256, 3 * (i % 80), Math.floor(i / 4)]);
    expect(numbers.map((_, n) => [...set.image(n)])).toEqual(expected);
    expect([...rest.labels]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});
