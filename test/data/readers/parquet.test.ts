import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as zlib from "node:zlib";
import { type ColumnSource, parquetWriteBuffer, type SchemaElement } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { loadDataset } from "../../../src/data/index.ts";
import { colour, damageAnywhere, file, tree } from "../files.ts";

const fixtures = fileURLToPath(new URL("../../fixtures/parquet", import.meta.url));
const fixture = (name: string) => readFileSync(join(fixtures, name));
const TRAIN = "flowers/data/train-00000-of-00002.parquet";
const small = { size: 1 };
const refused = (message: RegExp) => ({ code: "INVALID_DATA", message: expect.stringMatching(message) });
const load = (bytes: Uint8Array, options: object = {}) =>
  loadDataset(file("set.parquet", bytes), { ...small, ...options });

/** A file of another writer: images as a struct of bytes and path, labels of 64 bits. */
function write(
  images: readonly (Uint8Array | null)[],
  labels: readonly unknown[],
  change: Partial<Columns> = {},
): Buffer {
  const schema: SchemaElement[] = change.schema ?? [
    { name: "root", num_children: 2 },
    { name: "image", num_children: 2, repetition_type: "OPTIONAL" },
    { name: "bytes", type: "BYTE_ARRAY", repetition_type: "OPTIONAL" },
    { name: "path", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
    { name: "label", type: "INT64", repetition_type: "OPTIONAL" },
  ];
  const columnData = change.columnData ?? [
    { name: "image", data: images.map((bytes) => ({ bytes, path: "x.png" })) },
    { name: "label", data: labels.map((label) => (label === null ? null : BigInt(label as number))) },
  ];
  const kvMetadata = change.metadata === undefined ? [] : [{ key: "huggingface", value: change.metadata }];
  return Buffer.from(parquetWriteBuffer({ columnData, schema, kvMetadata, rowGroupSize: 2 }));
}
interface Columns {
  schema: SchemaElement[];
  columnData: ColumnSource[];
  metadata: string;
}
const shade = (value: number) => colour([value, value, value]);
const shades = [shade(1), shade(2), shade(3)];
const names = (label: unknown) => JSON.stringify({ info: { features: { label } } });

describe("Parquet files of Hugging Face", () => {
  test("a folder of shards is a set with its test part and the names of its metadata", async () => {
    const { name, train, test: rest } = await loadDataset(join(fixtures, "flowers"), small);
    expect(train).toMatchObject({ name: "flowers/train", count: 5, classNames: ["rose", "tulip"], shape: [3, 1, 1] });
    expect([name, [...train.labels], rest?.count]).toEqual(["flowers", [0, 0, 1, 1, 1], 2]);
    expect([...train.pixels]).toEqual([20, 40, 10, 30, 50].flatMap((v) => [v, v, 2 * v]));
    expect([...(rest?.pixels ?? [])]).toEqual([70, 60].flatMap((v) => [v, v, 2 * v]));
  });

  test("one file is a training set, whatever its name", async () => {
    const {
      name,
      train,
      test: rest,
    } = await loadDataset(join(fixtures, "flowers/data/test-00000-of-00001.parquet"), small);
    expect([name, train.count, rest]).toEqual(["test-00000-of-00001", 2, undefined]);
    const split = await load(fixture("plain.parquet"), { split: 0.5 });
    expect([split.train.count, split.test?.count]).toEqual([5, 3]);
  });

  test.each(["plain", "none", "snappy", "gzip", "brotli", "v2", ...("zstdDecompressSync" in zlib ? ["zstd"] : [])])(
    "%s: img and fine_label",
    async (name) => {
      const { train } = await load(fixture(`${name}.parquet`));
      expect(train).toMatchObject({ count: 8, classNames: ["0", "1", "2"] });
      expect([...train.labels]).toEqual([0, 0, 0, 1, 1, 1, 2, 2]);
      expect([...train.pixels].filter((_, i) => i % 3 === 2)).toEqual([2, 4, 10, 4, 6, 10, 2, 8]);
    },
  );

  test("of another writer, in row groups; classes keep the order of the metadata", async () => {
    const { train } = await load(write(shades, [2, 0, 2], { metadata: names({ names: ["z", "none", "a"] }) }));
    expect(train.classNames).toEqual(["z", "a"]);
    expect([[...train.pixels], [...train.labels]]).toEqual([[2, 1, 3], [0, 1, 1]]); // biome-ignore format: short
    const twice = await load(write(shades, [1, 0, 1], { metadata: names({ names: ["crane", "crane"] }) }));
    expect(twice.train.classNames).toEqual(["crane (0)", "crane (1)"]);
  });

  /** A file with an image column and a label column of any type. */
  const columns = (image: string, label: string, type: "INT64" | "BOOLEAN" | "DOUBLE" | "FLOAT", labels: unknown[]) =>
    write([], [], {
      schema: [
        { name: "root", num_children: 2 },
        { name: image, num_children: 2, repetition_type: "OPTIONAL" },
        { name: "bytes", type: "BYTE_ARRAY", repetition_type: "OPTIONAL" },
        { name: "path", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
        { name: label, type, repetition_type: "OPTIONAL" },
      ],
      columnData: [
        { name: image, data: shades.map((bytes) => ({ bytes, path: "x.png" })) },
        { name: label, data: labels },
      ],
    });

  test.each<[string, string, "INT64" | "BOOLEAN" | "DOUBLE" | "FLOAT", unknown[], string[]]>([
    ["image", "labels", "INT64", [1n, 0n, 1n], ["0", "1"]],
    ["picture", "Class", "INT64", [1n, 0n, 1n], ["0", "1"]],
    ["image", "target", "DOUBLE", [1, 0, 1], ["0", "1"]],
    ["image", "category", "FLOAT", [1, 0, 1], ["0", "1"]],
    ["image", "label", "BOOLEAN", [true, false, true], ["false", "true"]],
  ])("columns may be called %s and %s, of the type %s", async (image, label, type, labels, classNames) => {
    const { train } = await load(columns(image, label, type, labels));
    expect(train).toMatchObject({ classNames, labels: Uint16Array.of(0, 1, 1), pixels: Uint8Array.of(2, 1, 3) });
  });

  test("imageColumn and labelColumn name other columns", async () => {
    const bytes = columns("x1", "y1", "INT64", [1n, 0n, 1n]);
    expect((await load(bytes, { imageColumn: "x1", labelColumn: "y1" })).train.count).toBe(3);
    const refusal = {
      ...refused(/has no column label or .*, only x1.bytes/),
      hint: expect.stringContaining("`labelColumn`"),
    };
    await expect(load(bytes)).rejects.toMatchObject(refusal);
    await expect(load(bytes, { labelColumn: "y2" })).rejects.toMatchObject(refused(/has no column y2, only/));
  });

  test("a part for testing without labels is left out aloud; validation then takes its place", async () => {
    const metadata = names({ names: ["a", "b"] });
    const files = {
      "train-0.parquet": write(shades, [0, 1, 1], { metadata }),
      "test-0.parquet": write([shade(8), shade(9)], [-1, -1], { metadata }),
      "val-0.parquet": write([shade(7), shade(6)], [1, 0], { metadata }),
    };
    const warnings: string[] = [];
    const set = await loadDataset(tree(files), { ...small, onWarning: (text) => warnings.push(text) });
    expect([[...set.test!.pixels], warnings]).toEqual([[6, 7], [expect.stringMatching(/test-0.parquet" have no labels/)]]); // biome-ignore format: pairs
  });

  test("a picture beside the files, as of a readme, is left out aloud; class folders stay class folders", async () => {
    const files = { "data/train-0.parquet": write(shades, [0, 1, 1]), "README.md": "", "assets/logo.png": shade(5) };
    const warnings: string[] = [];
    const { train } = await loadDataset(tree(files), { ...small, onWarning: (text) => warnings.push(text) });
    expect([train.count, warnings]).toEqual([3, [expect.stringMatching(/1 image beside them was left out: assets/)]]);
    const folders = { "a/1.png": shade(1), "b/1.png": shade(2), "index.parquet": files["data/train-0.parquet"] };
    expect((await loadDataset(tree(folders), small)).train.classNames).toEqual(["a", "b"]);
  });

  test("one test part is taken, and others are told of", async () => {
    const [a, b] = [write(shades, [0, 1, 1]), write([shade(9)], [1])];
    const warnings: string[] = [];
    const files = {
      "train-0.parquet": a,
      "validation-0.parquet": b,
      "test-0.parquet": write([shade(8), shade(7)], [0, 1]),
    };
    const { test: rest } = await loadDataset(tree(files), { ...small, onWarning: (text) => warnings.push(text) });
    expect([[...(rest?.pixels ?? [])], warnings]).toEqual([
      [8, 7],
      [expect.stringMatching(/validation part \(1 image\) was left out/)],
    ]);
    const { test: valid } = await loadDataset(tree({ "train-0.parquet": a, "validation-0.parquet": b }), small);
    expect([...(valid?.pixels ?? [])]).toEqual([9]);
  });

  const text: SchemaElement[] = [
    { name: "root", num_children: 2 },
    { name: "image", type: "BYTE_ARRAY", converted_type: "UTF8" },
    { name: "label", type: "DOUBLE" },
  ];
  test.each<[string, () => Uint8Array, RegExp]>([
    ["an empty file", () => new Uint8Array(0), /has 0 bytes/],
    ["something else", () => Buffer.alloc(100, 65), /does not begin with PAR1/],
    ["a cut off file", () => fixture(TRAIN).subarray(0, -1), /does not end with PAR1/],
    ["an encrypted footer", () => Buffer.concat([fixture(TRAIN).subarray(0, -1), Buffer.from("E")]), /encrypted/],
    ...("zstdDecompressSync" in zlib ? [] : [["zstd", () => fixture("zstd.parquet"), /compressed by ZSTD; read are SNAPPY/] as [string, () => Uint8Array, RegExp]]),
    ["delta encoding", () => fixture("delta.parquet"), /"img.bytes" is encoded as DELTA_LENGTH_BYTE_ARRAY/],
    ["another label type", () => write([], [], { schema: text, columnData: [{ name: "image", data: ["x"] }, { name: "label", data: [0.5] }] }), /row 0 has the label 0.5, which is no whole number/],
    ["no image column", () => write([], [], { schema: [{ name: "root", num_children: 1 }, { name: "label", type: "INT64" }], columnData: [{ name: "label", data: [1n] }] }), /no column image.bytes or .* only label \(INT64\)/],
    ["bytes that are no image", () => write([Buffer.from("text"), shade(1)], [0, 1]), /set.parquet: row 0" is not a PNG/],
    ["an image elsewhere", () => write([shade(1), null], [0, 1]), /Row 1 of ".*" has no image bytes/],
    ["no label", () => write(shades, [0, null, 1]), /Row 1 of ".*" has no label/],
    ["an unlabelled part", () => write(shades, [-1, -1, -1], { metadata: names({ names: ["a", "b"] }) }), /row 0 has the label -1/],
    ["a label without a name", () => write(shades, [0, 1, 2], { metadata: names({ names: ["a", "b"] }) }), /label 2, but there are 2 class/],
    ["names that are none", () => write(shades, [0, 1, 2], { metadata: names({ names: [1, 2] }) }), /class names of .* are \[1,2\]/],
    ["metadata that is no JSON", () => write(shades, [0, 1, 2], { metadata: "{" }), /is not JSON/],
    ["one class", () => write(shades, [1, 1, 1]), /only one class \("1"\)/],
    ["no row", () => write([], []), /names no image/],
  ])("refuses %s", async (_, bytes, message) => {
    await expect(load(bytes())).rejects.toMatchObject(refused(message));
  }); // biome-ignore format: a line a case

  test("refuses shards of other names, test shards only, and a label of the test part only", async () => {
    const named = (list: string[]) => write(shades, [0, 1, 1], { metadata: names({ names: list }) });
    const folder = (files: Record<string, Uint8Array>) => loadDataset(tree(files), small);
    await expect(folder({ "0.parquet": named(["a", "b"]), "1.parquet": named(["b", "a"]) })).rejects.toMatchObject(
      refused(/1.parquet" names other classes than ".*0.parquet"/),
    );
    await expect(folder({ "test.parquet": named(["a", "b"]) })).rejects.toMatchObject(
      refused(/no images for training/),
    );
    await expect(
      folder({ "a.parquet": write(shades, [0, 1, 1]), "test.parquet": write([shade(1)], [7]) }),
    ).rejects.toMatchObject(refused(/row 0 has the label "7", which no training/));
  });

  test.each<[string, RegExp]>([
    ["snappy", /says that it has 160 bytes, not 161/],
    ["gzip", /a page unpacks to 160 bytes, not to 161/],
    ["brotli", /a page unpacks to 160 bytes, not to 161/],
    ["none", /a page unpacks to 160 bytes, not to 161/],
  ])("refuses a %s page of another size than it says", async (name, message) => {
    const bytes = Buffer.from(fixture(`${name}.parquet`));
    bytes[7] ^= 2; // one up or down: the first page's header begins at byte 4
    await expect(load(bytes)).rejects.toMatchObject(refused(message));
  });

  test("refuses what unpacks to more than the limit", async () => {
    const zeros = write([...shades, Buffer.alloc(20e6)], [0, 1, 1, 0]);
    expect(zeros.length).toBeLessThan(1_100_000);
    await expect(load(zeros, { maxArchiveBytes: 1e6 })).rejects.toMatchObject(
      refused(/more than the limit of 1000000/),
    );
  });

  test("numbers at their extremes, at any place of a page, end in good time", async () => {
    const base = fixture("snappy.parquet");
    const path = file("f.parquet", base);
    // A literal of -5 bytes for Snappy, a run of 2^34 values, a list or a string of 2^32 for Thrift.
    for (const number of [
      [0xfc, 0xfa, 0xff, 0xff, 0xff],
      [0xfe, 0xff, 0xff, 0xff, 0x7f],
      [0xf9, 0xff, 0xff, 0xff, 0xff, 0x0f],
    ]) {
      for (let at = 4; at < 120; at++) {
        const bytes = Buffer.from(base);
        bytes.set(number, at);
        writeFileSync(path, bytes);
        const error = await loadDataset(path, small).catch((e) => e);
        if (error instanceof Error) expect(error).toMatchObject({ code: "INVALID_DATA" });
      }
    }
  });

  test("a damaged file, cut off or changed anywhere, is read or refused, nothing else", async () => {
    for (const name of [TRAIN, "snappy.parquet", "v2.parquet", "gzip.parquet"]) {
      const base = fixture(name);
      const path = file("f.parquet", base);
      const attempt = async (bytes: Uint8Array) => {
        writeFileSync(path, bytes);
        const error = await loadDataset(path, small).then(
          () => undefined,
          (e) => e,
        );
        if (error !== undefined) expect(error).toMatchObject({ code: "INVALID_DATA" });
        return error;
      };
      await damageAnywhere(base, { changed: 80, cut: 15 }, attempt);
    }
  });
});
