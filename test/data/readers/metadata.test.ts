// Labels in metadata.csv or metadata.jsonl beside images, as Hugging Face's imagefolder has them.

import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { loadDataset } from "../../../src/data/index.ts";
import { colour, file, tar, tree } from "../files.ts";

const shade = (value: number) => colour([value, value, value]);
const text = (content: string) => Buffer.from(content);
const refused = (message: RegExp) => ({ code: "INVALID_DATA", message: expect.stringMatching(message) });

async function load(files: Readonly<Record<string, Uint8Array>>, options: object = {}, path = tree(files)) {
  const warnings: string[] = [];
  const { train, test: rest } = await loadDataset(path, {
    size: 1,
    ...options,
    onWarning: (told) => warnings.push(told),
  });
  const { classNames, labels, pixels } = train;
  return {
    classNames,
    train: [[...labels], [...pixels]],
    test: rest && [[...rest.labels], [...rest.pixels]],
    warnings,
  };
}

const images = { "train/1.png": shade(1), "train/2.png": shade(2), "test/1.png": shade(3), "test/2.png": shade(4) };
const csv = {
  "train/metadata.csv": text("file_name,label\n1.png,dog\n2.png,cat\n"),
  "test/metadata.csv": text("file_name,label\n1.png,dog\n2.png,cat\n"),
};
const found = { classNames: ["cat", "dog"], train: [[0, 1], [2, 1]], test: [[0, 1], [4, 3]], warnings: [] }; // biome-ignore format: pairs

describe("metadata beside images", () => {
  test("gives the labels, in a folder, a zip and a tar", async () => {
    const files = { ...images, ...csv };
    for (const path of [tree(files), file("s.zip", zipSync(files)), file("s.tar", await tar(files))]) {
      expect(await load(files, {}, path)).toEqual(found);
    }
  });

  test("may be lines of JSON, and one file for all parts, which folders or a column tell", async () => {
    const lines = [["train/1.png", "dog"], ["train/2.png", "cat"], ["test/1.png", "dog"], ["test/2.png", "cat"]] as const; // biome-ignore format: pairs
    const json = lines
      .map(([file_name, label]) => `${JSON.stringify({ file_name, label, text: "a caption" })}\n`)
      .join("");
    expect(await load({ ...images, "metadata.jsonl": text(json) })).toEqual(found);
    const table = lines.map(([path, label]) => `${path},${label}\n`).join("");
    expect(await load({ ...images, "metadata.csv": text(`file_name,label\n${table}`) })).toEqual(found);
    const flat = { "a.png": shade(1), "b.png": shade(2), "c.png": shade(3), "d.png": shade(4) };
    const split = "file_name,label,split\na.png,dog,train\nb.png,cat,train\nc.png,dog,test\nd.png,cat,test\n";
    expect(await load({ ...flat, "metadata.csv": text(split) })).toEqual(found);
  });

  test("has numbers as labels, or a column that labelColumn names", async () => {
    const jsonl = text('{"file_name": "1.png", "label": 10}\n{"file_name": "2.png", "label": 9}\n');
    const files = { "1.png": shade(1), "2.png": shade(2) };
    expect((await load({ ...files, "metadata.jsonl": jsonl })).classNames).toEqual(["9", "10"]);
    const other = text("file_name,kind\n1.png,b\n2.png,a\n");
    expect((await load({ ...files, "metadata.csv": other }, { labelColumn: "kind" })).classNames).toEqual(["a", "b"]);
  });

  test("without labels changes nothing: class folders stay, loose images are refused", async () => {
    const captions = { "metadata.csv": text("file_name,text\nx/1.png,hello\n") };
    const folders = { "x/1.png": shade(1), "y/1.png": shade(2) };
    expect((await load({ ...folders, ...captions })).classNames).toEqual(["x", "y"]);
    await expect(load({ ...images, ...captions })).rejects.toMatchObject(refused(/holds parts .*not classes/));
  });

  test("tells images that it does not name, and refuses files that are not there", async () => {
    const { warnings } = await load({ ...images, ...csv, "train/9.png": shade(9) });
    expect(warnings).toEqual([
      expect.stringMatching(/^1 image of .* has no label in the metadata and was left out: train\/9/),
    ]);
    const gone = { ...images, "train/metadata.csv": text("file_name,label\n1.png,a\n7.png,b\n") };
    await expect(load(gone)).rejects.toMatchObject(
      refused(/metadata.csv" names 1 file that is not there: ".*train\/7.png/),
    );
    const broken = { ...images, "metadata.jsonl": text("{") };
    await expect(load(broken)).rejects.toMatchObject(refused(/Line 1 of ".*metadata.jsonl" is not JSON/));
    const twice = { ...images, "train/metadata.csv": text("file_name,label\n1.png,a\n1.png,b\n") };
    await expect(load(twice)).rejects.toMatchObject(refused(/Line 3 .* names "1.png", which line 2 has named/));
  });
});
