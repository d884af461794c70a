import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadDataset } from "../../../src/data/index.ts";
import { colour, tree } from "../files.ts";

const shade = (value: number) => colour([value, value, value]);
const images = { "i/1.png": shade(1), "i/2.png": shade(2), "i/3, b.png": shade(3), "i/4.png": shade(4) };
const load = (csv: string | Uint8Array, options: object = {}) =>
  loadDataset(join(tree({ ...images, "set.csv": csv }), "set.csv"), { size: 1, ...options });
const refused = (message: RegExp) => ({ code: "INVALID_DATA", message: expect.stringMatching(message) });

describe("a csv file of paths and labels", () => {
  test("is a training set in the order of its lines, with or without a header", async () => {
    const lines = 'i/4.png,cat\n"i/3, b.png", dog \ni/1.png,cat\n';
    for (const csv of [lines, `\ufeffPath, Label\r\n${lines}`]) {
      const { name, train, test: rest } = await load(csv);
      expect([name, train.name, rest]).toEqual(["set", "set/train", undefined]);
      expect(train).toMatchObject({ count: 3, classNames: ["cat", "dog"], shape: [1, 1, 1] });
      expect([[...train.labels], [...train.pixels]]).toEqual([[0, 0, 1], [4, 1, 3]]); // biome-ignore format: short
    }
  });

  test("a split column makes the parts; columns may be in any order and others are left out", async () => {
    const csv = "label,id,split,path\n10,x,train,i/1.png\n9,y,train,i/2.png\n10,z,test,i/4.png\n";
    const { train, test: rest } = await load(csv);
    expect(train.classNames).toEqual(["9", "10"]);
    expect([[...train.pixels], [...train.labels]]).toEqual([[2, 1], [0, 1]]); // biome-ignore format: short
    expect([rest?.pixels[0], rest?.labels[0], rest?.count]).toEqual([4, 1, 1]);
  });

  test("without it, --split applies", async () => {
    const { train, test: rest } = await load('i/1.png,a\ni/2.png,a\n"i/3, b.png",b\ni/4.png,b\n', { split: 0.5 });
    expect([[...train.labels], [...(rest?.labels ?? [])]]).toEqual([[0, 1], [0, 1]]); // biome-ignore format: short
  });

  test("paths may be absolute or lead out of the folder, as long as the files are there", async () => {
    const outside = tree({ "1.png": shade(7), "in/set.csv": "../1.png,a\n../2.png,b\n", "2.png": shade(8) });
    expect([...(await loadDataset(join(outside, "in/set.csv"), { size: 1 })).train.pixels]).toEqual([7, 8]);
    const { train } = await load(`${join(outside, "1.png")},a\ni/2.png,b\n`);
    expect([...train.pixels]).toEqual([7, 2]);
  });

  test.each<[string, string]>([
    ["filename,label", ","],
    ["file_name,class", ","],
    ["image,category", ","],
    ["Image Path,Class Name", ","],
    ["img_path;target", ";"],
    ["path\tlabel", "\t"],
    ["file,species", ","],
  ])("a header of other names is known, and other signs between fields: %j", async (header, sign) => {
    const { train } = await load(`${header}\ni/1.png${sign}a\ni/2.png${sign}b\n`);
    expect([[...train.pixels], train.classNames]).toEqual([[1, 2], ["a", "b"]]); // biome-ignore format: short
    const bare = await load(`i/2.png${sign}a\ni/1.png${sign}b\n`);
    expect([...bare.train.pixels]).toEqual([2, 1]);
  });

  test("imageColumn and labelColumn name the columns of any header, and win over usual names", async () => {
    const csv = "where,label,what\ni/1.png,x,a\ni/2.png,x,b\n";
    const { train } = await load(csv, { imageColumn: "where", labelColumn: "what" });
    expect([[...train.pixels], train.classNames]).toEqual([[1, 2], ["a", "b"]]); // biome-ignore format: short
    await expect(load(csv, { imageColumn: "there" })).rejects.toMatchObject({
      ...refused(/The header of .* names the columns where, label, what; none of them is of paths \(there\)/),
      hint: expect.stringContaining("`imageColumn` and `labelColumn`"),
    });
    await expect(loadDataset("builtin", { labelColumn: "x" })).rejects.toMatchObject({ code: "INVALID_OPTION" });
  });

  test.each([
    ["of no known name", "what,which\ni/1.png,a\n", /names the columns what, which; none of them is of paths \(path, /],
    ["without labels", "image,MEL,NV\ni/1.png,0,1\n", /columns image, MEL, NV; none of them is of labels \(label, /],
  ])("refuses a header %s, by its columns", async (_, csv, message) => {
    await expect(load(csv)).rejects.toMatchObject(refused(message));
  });

  test("files that are not there are found by their names, without folder and ending", async () => {
    const files = { "train/7.png": shade(7), "train/8.png": shade(8), "test/7.png": shade(1), "x.jpg": shade(3) };
    const warnings: string[] = [];
    const read = (csv: string, name = "train.csv") =>
      loadDataset(join(tree({ ...files, [name]: csv }), name), { size: 1, onWarning: (text) => warnings.push(text) });
    const { train } = await read("id,label\n7,a\n8,b\nx,a\n");
    expect([...train.pixels]).toEqual([7, 3, 8]);
    expect(warnings).toEqual([
      expect.stringMatching(/^3 files of .* were found by name: 7 as train\/7.png, 8 as train\/8.png, x as x.jpg$/),
      expect.stringMatching(/another format/),
    ]);
    await expect(read("id,label\n7,a\n8,b\n", "all.csv")).rejects.toMatchObject(
      refused(/Line 2 .* names "7", which may be any of test\/7.png, train\/7.png/),
    );
    await expect(read("id,label\n70,a\n8,b\n")).rejects.toMatchObject(
      refused(/names 1 file that is not there: ".*70"/),
    );
    expect((await read("id,label,split\n7,a,train\n8,b,train\n7.png,a,test\n")).test?.count).toBe(1);
  });

  test("names of files and labels are the same in whatever form their letters are written", async () => {
    const nfd = "é".normalize("NFD");
    const root = tree({ [`${nfd}.png`]: shade(5), "b.png": shade(6), "s.csv": `path,label\né.png,é\nb.png,${nfd}\n` });
    await expect(loadDataset(join(root, "s.csv"), { size: 1 })).rejects.toMatchObject(
      refused(/only one class \("é"\)/),
    );
    const two = tree({ [`${nfd}.png`]: shade(5), "b.png": shade(6), "s.csv": "path,label\né.png,é\nb.png,x\n" });
    expect([...(await loadDataset(join(two, "s.csv"), { size: 1 })).train.pixels]).toEqual([6, 5]);
  });

  test("names the first of the files that are missing, and how many", async () => {
    const gone = [5, 6, 7, 8, 9].map((n) => `i/${n}.png,a\n`).join("");
    await expect(load(`i/1.png,b\n${gone}`)).rejects.toMatchObject(
      refused(
        /names 5 files that are not there: ".*5.png" \(line 2\), ".*6.png" \(line 3\), ".*7.png" \(line 4\), \.\.\./,
      ),
    );
    await expect(load("i,a\n")).rejects.toMatchObject(refused(/names 1 file that is not there: "[^"]*i" \(line 1\)\./));
  });

  test.each<[string, string | Uint8Array, RegExp]>([
    ["an empty file", "", /names no image\./],
    ["a header only", "path,label\n", /names no image\./],
    ["test images only", "path,label,split\ni/1.png,a,test\n", /holds no images for training/],
    ["one label", "i/1.png,a\ni/2.png,a\n", /only one class \("a"\)/],
    ["a line of one field", "i/1.png,a\ni/2.png\n", /Line 2 .* has 1 fields, not 2 or 3/],
    ["a line that does not fit the header", "path,label\ni/1.png,a,b\n", /Line 2 .* has 3 fields, not 2/],
    ["no label", "i/1.png,\n", /Line 1 .* has no label/],
    ["no path", " ,a\n", /Line 1 .* has no path/],
    ["another split", "i/1.png,a,fold1\n", /Line 1 .* split "fold1", none of train, val and test/],
    ["an image twice", "i/1.png,a\n./i/1.png,b\n", /Line 2 .* which line 1 has named/],
    ["a label of the test part only", "i/1.png,a,train\ni/2.png,b,train\ni/4.png,c,test", /Line 3 .* label "c"/],
    ["a quote out of place", 'i/1.png,a\ni/2".png,b\n', /Line 2 of ".*set.csv" has a quote/],
    ["no text", Uint8Array.of(0xff, 0xfe, 0x41, 0), /set.csv" is not UTF-8/],
    ["an image that is none", "i/1.png,a\nset.csv,b\n", /set.csv" is not a PNG/],
  ])("refuses %s", async (_, csv, message) => {
    await expect(load(csv)).rejects.toMatchObject(refused(message));
  });
});
