import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadDataset } from "../../../src/data/index.ts";
import { colour, file, gzip, tar, tree } from "../files.ts";

const shade = (value: number) => colour([value, value, value]);
const text = (value: unknown) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
const small = { size: 1 };
const refused = (message: RegExp) => ({ code: "INVALID_DATA", message: expect.stringMatching(message) });
const shard = (first: number, labels: readonly (string | number)[]) =>
  tar(Object.fromEntries(labels.flatMap((label, i) => [[`${first + i}.png`, shade(first + i)], [`${first + i}.cls`, text(`${label}\n`)]]))); // biome-ignore format: pairs

describe("WebDataset shards", () => {
  test("a tar of images with .cls or .json beside them is a training set, known by its content", async () => {
    const bytes = await tar({
      "s/0001.png": shade(1), "s/0001.cls": text("10"), "s/0001.txt": text("a caption"),
      "s/0002.json": text({ label: 9, caption: "x" }), "s/0002.png": shade(2),
      "s/0003.png": shade(3), "s/0003.json": text({ cls: "10" }), "s/0003.mask.png": shade(99),
    }); // biome-ignore format: a line an example
    for (const packed of [bytes, gzip(bytes)]) {
      const { train, test: rest } = await loadDataset(file("set.tar", packed), small);
      expect(train).toMatchObject({ name: "set/train", count: 3, classNames: ["9", "10"], shape: [1, 1, 1] });
      expect([[...train.pixels], [...train.labels], rest]).toEqual([[2, 1, 3], [0, 1, 1], undefined]); // biome-ignore format: short
    }
  });

  test("a folder of shards is one set; those of a test or val name or folder are its test part", async () => {
    const [a, b, c] = [await shard(1, [0, 1]), gzip(await shard(3, [1, 0])), await shard(5, [1])];
    const named = { "x-train-0.tar": a, "x-train-1.tar.gz": b, "x-val-0.tar": c, "readme.txt": "" };
    for (const files of [named, { "train/0.tar": a, "train/1.tgz": b, "test/0.tar": c }]) {
      const { train, test: rest } = await loadDataset(tree(files), small);
      expect([[...train.pixels], [...train.labels]]).toEqual([[1, 4, 2, 3], [0, 0, 1, 1]]); // biome-ignore format: short
      expect([rest?.pixels[0], rest?.labels[0]]).toEqual([5, 1]);
    }
    const contest = await loadDataset(tree({ "contest-0.tar": a, "contest-1.tar": b }), { ...small, split: 0.5 });
    expect([contest.train.count, contest.test?.count]).toEqual([2, 2]);
  });

  test("class folders with notes beside images stay class folders", async () => {
    const bytes = await tar({ "a/1.png": shade(1), "a/1.json": text({ author: "x" }), "b/1.png": shade(2) });
    expect((await loadDataset(file("f.tar", bytes), small)).train.classNames).toEqual(["a", "b"]);
  });

  test.each<[string, Record<string, Uint8Array>, RegExp]>([
    [
      "an image without a label",
      { "1.png": shade(1), "1.cls": text("0"), "2.png": shade(2) },
      /2.png" has no label: 2.cls/,
    ],
    [
      "a label that is no label",
      { "1.png": shade(1), "1.cls": text("0"), "2.png": shade(2), "2.json": text("{") },
      /no label/,
    ],
    ["two images of one key", { "1.png": shade(1), "1.cls": text("0"), "1.jpg": shade(2) }, /second image of "1"/],
    ["one class", { "1.png": shade(1), "1.cls": text("0") }, /only one class \("0"\)/],
  ])("refuses %s", async (_, files, message) => {
    await expect(loadDataset(file("s.tar", await tar(files)), small)).rejects.toMatchObject(refused(message));
  });

  test("refuses a shard of something else, a test label that is not trained, test shards only", async () => {
    const [a, other] = [await shard(1, [0, 1]), await tar({ "f/a/1.png": shade(1) })];
    const load = (files: Record<string, Uint8Array>) => loadDataset(tree(files), small);
    await expect(load({ "0.tar": a, "1.tar": other })).rejects.toMatchObject(refused(/1.tar" holds no images with/));
    await expect(load({ "0.tar": a, "test.tar": await shard(3, [2]) })).rejects.toMatchObject(
      refused(/3.png" has the label "2"/),
    );
    await expect(load({ "test.tar": a })).rejects.toMatchObject(refused(/no images for training/));
    const cut = { "0.tar": a.subarray(0, 700) };
    await expect(loadDataset(join(tree(cut)), small)).rejects.toMatchObject(refused(/0.tar" was refused/));
  });

  test("refuses labels that unpack to more than memory should hold, however small they are packed", async () => {
    const [start, label] = [await shard(1, [0, 1]), await tar({ "9.json": Buffer.alloc(2 ** 16) })];
    const packed = gzip(label.subarray(0, -1024)); // a member of its own
    const bomb = Buffer.concat([
      gzip(start.subarray(0, -1024)),
      ...new Array(2100).fill(packed),
      gzip(Buffer.alloc(1024)),
    ]);
    expect(bomb.length).toBeLessThan(500_000);
    await expect(loadDataset(file("s.tgz", bomb), small)).rejects.toMatchObject(
      refused(/labels take more than 134217728/),
    );
  });
});
