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

  const examples = (labels: Readonly<Record<string, Uint8Array>>) => {
    const keys = [...new Set(Object.keys(labels).map((path) => path.split(".")[0]))];
    return tar({ ...Object.fromEntries(keys.map((key, i) => [`${key}.png`, shade(i + 1)])), ...labels });
  };
  const read = async (labels: Readonly<Record<string, Uint8Array>>, options: object = {}) => {
    const { train } = await loadDataset(file("s.tar", await examples(labels)), { ...small, ...options });
    return { classNames: train.classNames, shades: [...train.pixels] };
  };
  const le = (value: number, bytes: number) =>
    Uint8Array.from({ length: bytes }, (_, i) => (i < 4 ? (value >> (8 * i)) & 255 : 0));

  test.each([1, 2, 4, 8])("labels may be integers of %i bytes in binary", async (bytes) => {
    const labels = { "1.cls": le(0x31, bytes), "2.cls": le(9, bytes), "3.cls": le(10, bytes), "4.cls": le(9, bytes) };
    expect(await read(labels)).toEqual({ classNames: ["9", "10", "49"], shades: [2, 4, 3, 1] });
  });

  test("a digit is a text where all labels are texts", async () => {
    expect((await read({ "1.cls": text("1"), "2.cls": text(" 2\n") })).classNames).toEqual(["1", "2"]);
  });

  test.each<[string, Uint8Array, RegExp]>([
    ["of other lengths", le(1, 3), /1.cls\) has 3 bytes and is neither text nor one of integers in binary/],
    ["of several lengths", le(1, 2), /neither text nor/],
    ["that are no classes", le(70_000, 4), /in binary is 70000, which is no class/],
  ])("refuses labels in binary %s", async (_, label, message) => {
    await expect(read({ "1.cls": label, "2.cls": le(0, 4), "3.cls": le(1, 4) })).rejects.toMatchObject(
      refused(message),
    );
  });

  test.each([
    ["cls.txt", text("b\n")],
    ["CLS", text("b")],
    ["Class", text("b")],
    ["label", text("b")],
    ["target.txt", text("b")],
    ["json", text({ label: "b" })],
    ["JSON", text({ cls: "b" })],
    ["json", text({ class: "b", caption: "x" })],
    ["json", text({ Category: "b" })],
    ["json", text({ class_name: "b", id: 7 })],
    ["json", text('"b"')],
  ])("the label may stand in .%s", async (ending, label) => {
    expect((await read({ "1.cls": text("a"), [`2.${ending}`]: label })).classNames).toEqual(["a", "b"]);
  });

  test("labelColumn names the key of JSON", async () => {
    const labels = { "1.json": text({ label: "x", kind: 3 }), "2.json": text({ label: "x", kind: true }) };
    expect((await read(labels, { labelColumn: "kind" })).classNames).toEqual(["3", "true"]);
  });

  test(".txt files are labels where nothing else is and images share them, else captions", async () => {
    const warnings: string[] = [];
    const shared = { "1.txt": text("cat"), "2.txt": text("dog"), "3.txt": text("cat\n"), "4.txt": text("dog") };
    const onWarning = (message: string) => warnings.push(message);
    expect((await read(shared, { onWarning })).classNames).toEqual(["cat", "dog"]);
    expect(warnings).toEqual([expect.stringMatching(/labels of .*s.tar" are those of its .txt files \(2 classes\)/)]);
    await expect(read({ "1.txt": text("a cat"), "2.txt": text("a dog") })).rejects.toMatchObject(
      refused(/has no label: 1.cls, .*; its .txt is a caption/),
    );
    const both = { ...shared, "1.cls": text("1"), "2.cls": text("2"), "3.cls": text("1"), "4.cls": text("2") };
    expect((await read(both)).classNames).toEqual(["1", "2"]);
  });

  test("keys are the same in whatever form their letters are written, and an image may be named as one", async () => {
    const nfd = "é".normalize("NFD");
    const bytes = await tar({
      "é.png": shade(1),
      [`${nfd}.cls`]: text("a"),
      "2.image.png": shade(2),
      "2.cls": text("b"),
    });
    expect([...(await loadDataset(file("s.tar", bytes), small)).train.pixels]).toEqual([1, 2]);
  });

  test("test shards without labels, and a picture beside the shards, are left out aloud", async () => {
    const warnings: string[] = [];
    const files = {
      "train-0.tar": await shard(1, [0, 1]),
      "test-0.tar": await tar({ "9.png": shade(9) }),
      "a/logo.png": shade(5),
    };
    const set = await loadDataset(tree(files), { ...small, onWarning: (message) => warnings.push(message) });
    expect([set.train.count, set.test]).toEqual([2, undefined]);
    expect(warnings).toEqual([
      expect.stringMatching(/is read as shards; 1 image beside them was left out: a\/logo.png/),
      expect.stringMatching(/test-0.tar" have no labels and were left out/),
    ]);
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
