// One table of words for parts, whatever the format: what is for training, for testing, and left out.

import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { type DatasetOptions, loadDataset } from "../../../src/data/index.ts";
import { encodeNpz, type NpyArray } from "../../../src/formats/index.ts";
import { colour, file, tar, tree } from "../files.ts";

const shade = (value: number) => colour([value, value, value]);
type Parts = Readonly<Record<string, readonly number[]>>; // shades by what the part is called; classes in turn

/** Each format, with parts of these names. */
const formats: Readonly<Record<string, (parts: Parts) => Promise<string> | string>> = {
  folders: (parts) =>
    tree(Object.fromEntries(shadesOf(parts).map(([name, i, v]) => [`set/${name}/c${i % 2}/${i}.png`, shade(v)]))),
  "a zip archive's folders": async (parts) => {
    const { zipSync } = await import("fflate");
    return file(
      "s.zip",
      zipSync(Object.fromEntries(shadesOf(parts).map(([name, i, v]) => [`${name}/c${i % 2}/${i}.png`, shade(v)]))),
    );
  },
  "a tar archive's folders": async (parts) =>
    file(
      "s.tar",
      await tar(Object.fromEntries(shadesOf(parts).map(([name, i, v]) => [`${name}/c${i % 2}/${i}.png`, shade(v)]))),
    ),
  "a csv": (parts) => {
    const lines = shadesOf(parts).map(([name, i, v]) => `${v}.png,c${i % 2},${name}\n`);
    const images = shadesOf(parts).map(([, , v]) => [`${v}.png`, shade(v)] as const);
    return join(tree({ ...Object.fromEntries(images), "s.csv": `file_name,label,split\n${lines.join("")}` }), "s.csv");
  },
  "a metadata.csv in each folder": (parts) =>
    tree(
      Object.fromEntries(
        Object.entries(parts).flatMap(([name, shades]) => [
          [`${name}/metadata.csv`, `file_name,label\n${shades.map((v, i) => `${v}.png,c${i % 2}\n`).join("")}`],
          ...shades.map((v) => [`${name}/${v}.png`, shade(v)]),
        ]),
      ),
    ),
  shards: async (parts) => {
    const shards = Object.entries(parts).map(async ([name, shades]) => {
      const files = shades.flatMap((v, i) => [[`${v}.png`, shade(v)], [`${v}.cls`, Buffer.from(`c${i % 2}`)]]); // biome-ignore format: pairs
      return [`x-${name}-0000.tar`, await tar(Object.fromEntries(files))];
    });
    return tree(Object.fromEntries(await Promise.all(shards)));
  },
  "Parquet files": (parts) => {
    const files = Object.entries(parts).map(([name, shades]) => {
      const columnData = [
        { name: "image", data: shades.map((v) => ({ bytes: shade(v), path: "x" })) },
        { name: "label", data: shades.map((_, i) => `c${i % 2}`) },
      ];
      const schema = [
        { name: "root", num_children: 2 },
        { name: "image", repetition_type: "OPTIONAL" as const, num_children: 2 },
        { name: "bytes", type: "BYTE_ARRAY" as const, repetition_type: "OPTIONAL" as const },
        { name: "path", type: "BYTE_ARRAY" as const, repetition_type: "OPTIONAL" as const },
        {
          name: "label",
          type: "BYTE_ARRAY" as const,
          converted_type: "UTF8" as const,
          repetition_type: "OPTIONAL" as const,
        },
      ];
      return [`data/${name}-00000-of-00001.parquet`, new Uint8Array(parquetWriteBuffer({ schema, columnData }))];
    });
    return tree(Object.fromEntries(files));
  },
  "an npz": (parts) => {
    const arrays = Object.entries(parts).flatMap(([name, shades]): [string, NpyArray][] => [
      [`x_${name}`, { dtype: "u1", shape: [shades.length, 1, 1], data: Uint8Array.from(shades) }],
      [`y_${name}`, { dtype: "u1", shape: [shades.length], data: Uint8Array.from(shades, (_, i) => i % 2) }],
    ]);
    return file("s.npz", encodeNpz(Object.fromEntries(arrays)));
  },
};

function shadesOf(parts: Parts): [part: string, index: number, shade: number][] {
  return Object.entries(parts).flatMap(([name, shades]) =>
    shades.map((v, i) => [name, i, v] as [string, number, number]),
  );
}

/** The shades of both parts, sorted, and the warnings. */
async function load(path: string, options: DatasetOptions = {}) {
  const warnings: string[] = [];
  const size = path.endsWith(".npz") ? {} : { size: 1 };
  const { train, test: rest } = await loadDataset(path, {
    ...size,
    ...options,
    onWarning: (text) => warnings.push(text),
  });
  const sorted = (pixels: Uint8Array | undefined) => pixels && [...pixels].sort((a, b) => a - b);
  return { train: sorted(train.pixels), test: sorted(rest?.pixels), warnings };
}

describe.each(Object.entries(formats))("the parts of %s", (_, make) => {
  test.each([
    ["train", "test"],
    ["train", "val"],
    ["train", "valid"],
    ["Training", "TESTING"],
    ["TRAIN", "Validation"],
    ["training", "dev"],
    ["train", "eval"],
    ["training_set", "test_set"],
    ["trainset", "testset"],
  ])("%s and %s are for training and for testing", async (first, second) => {
    const found = await load(await make({ [first]: [1, 2], [second]: [3, 4] }));
    expect(found).toEqual({ train: [1, 2], test: [3, 4], warnings: [] });
  });

  test.each([
    ["train", "val", "test"],
    ["Train", "Valid", "Test"],
    ["training", "dev", "testing"],
  ])("of %s, %s and %s the second is left out, aloud", async (...[a, b, c]) => {
    const path = await make({ [a]: [1, 2], [b]: [3, 4, 5], [c]: [6, 7] });
    const { train, test: rest, warnings } = await load(path);
    expect([train, rest]).toEqual([[1, 2], [6, 7]]); // biome-ignore format: pairs
    expect(warnings).toEqual([
      expect.stringMatching(/has a test part, so its validation part \(3 images\) was left out/),
    ]);
  });

  test("valPart says what the validation part is for", async () => {
    const [three, two] = [
      await make({ train: [1, 2], val: [3, 4], test: [6, 7] }),
      await make({ train: [1, 2], val: [3, 4] }),
    ];
    expect(await load(three, { valPart: "test" })).toEqual({ train: [1, 2], test: [3, 4], warnings: [] });
    expect(await load(three, { valPart: "train" })).toEqual({ train: [1, 2, 3, 4], test: [6, 7], warnings: [] });
    expect(await load(three, { valPart: "leave" })).toEqual({ train: [1, 2], test: [6, 7], warnings: [] });
    expect(await load(two, { valPart: "train" })).toEqual({ train: [1, 2, 3, 4], test: undefined, warnings: [] });
    expect(await load(two, { valPart: "leave" })).toEqual({ train: [1, 2], test: undefined, warnings: [] });
  });
});

test("names of files are read word by word: the last word of a part counts, and a folder's where the file has none", async () => {
  const shards = {
    "contest-0.tar": [1, 2],
    "test-suite/train-0.tar": [3, 4],
    "val/0.tar": [5, 6],
    "train-as-dev-0.tar": [7, 8],
  };
  const files = Object.entries(shards).map(async ([name, shades]) => {
    const pairs = shades.flatMap((v, i) => [[`${v}.png`, shade(v)], [`${v}.cls`, Buffer.from(`c${i % 2}`)]]); // biome-ignore format: pairs
    return [name, await tar(Object.fromEntries(pairs))];
  });
  const found = await load(tree(Object.fromEntries(await Promise.all(files))));
  expect(found).toEqual({ train: [1, 2, 3, 4], test: [5, 6, 7, 8], warnings: [] });
});

test("sets whose parts are as published do not take valPart", async () => {
  await expect(loadDataset("builtin", { valPart: "test" })).rejects.toMatchObject({ code: "INVALID_OPTION" });
});
