// Data set folders of the hub: read back by our own reader, by Debian's YAML, and by pyarrow where it is.

import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { loadDataset } from "../../../src/data/index.ts";
import { expandSet, type SyntheticSet, unprepare } from "../../../src/images/index.ts";
import { exportFiles } from "../../../src/run/exports/index.ts";
import { debianPython } from "../../support/python.ts";
import { temporaryFolder } from "../../support-run.ts";

/** What YAML or a page might take for something else. */
const NAMES = [
  "plain",
  "yes",
  "null",
  "'quoted': \"twice\" # no",
  "a\nb: c",
  "- \t&x *y !z %w @v `u` {} [] |>",
  "tab\\n \u0000\u0007\u007f\u0085\u2028",
  "\u202erevo<b>&amp;",
  "\u{1f41d} été",
  "x".repeat(300),
  "twice",
  "twice",
  "",
  "~",
];

const set: SyntheticSet = {
  images: Float32Array.from({ length: NAMES.length * 3 * 16 }, (_, i) => Math.sin(3 * i)),
  labels: Uint16Array.from(NAMES, (_, i) => i),
  factor: 2,
  shape: [3, 4, 4],
  classNames: NAMES,
  preprocessing: { normalization: { mean: [0.4, 0.5, 0.6], std: [0.2, 0.3, 0.25] }, zca: undefined },
  provenance: { dataset: "<img src=x>\n# [a](b)" },
};
const HUB_NAMES = NAMES.map((name, i) => ({ 11: "twice (11)", 12: "12" })[i] ?? name);

async function written(what = set): Promise<string> {
  const folder = temporaryFolder();
  for (const [path, bytes] of Object.entries(await exportFiles(what, "huggingface"))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return folder;
}

it("is read by our own reader as the set that it is", async () => {
  const { train } = await loadDataset(await written(), { size: 4 });
  const whole = expandSet(set);
  expect(train).toMatchObject({ count: 4 * NAMES.length, shape: [3, 4, 4], classNames: HUB_NAMES });
  expect(train.labels).toEqual(whole.labels);
  expect(train.pixels).toEqual(unprepare(whole.images, [whole.labels.length, 3, 4, 4], set.preprocessing));
});

it("has a card whose YAML holds the class names, whatever they are, and whose text holds no markup of theirs", async ({
  skip,
}) => {
  const card = new TextDecoder().decode((await exportFiles(set, "huggingface"))["README.md"]);
  const [, yaml, text] = card.split(/^---$/m);
  expect(text).toContain("# A distilled set of img src x a b\n\n56 images of 4 x 4 px, in 14 classes");
  const python = debianPython("yaml");
  if (python === undefined) return skip("python3-yaml is not installed: apt-get install python3-yaml");
  const script = "import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin.buffer.read().decode())))";
  const { status, stdout, stderr } = spawnSync(python, ["-c", script], { input: yaml, encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  const { dataset_info: info, configs } = JSON.parse(stdout);
  const [image, label] = info.features;
  expect(image).toEqual({ name: "image", dtype: "image" });
  expect(Object.entries(label.dtype.class_label.names)).toEqual(HUB_NAMES.map((name, i) => [String(i), name]));
  expect(info.splits[0]).toMatchObject({ name: "train", num_examples: 56 });
  expect(configs[0].data_files).toEqual([{ split: "train", path: "data/train-*" }]);
});

it("is read by pyarrow as images and labels of 64 bits", async ({ skip }) => {
  const python = debianPython("pyarrow.parquet");
  if (python === undefined) return skip("pyarrow is not installed, and Debian has no package of it");
  const script = [
    "import json, sys, pyarrow.parquet as pq",
    "table = pq.read_table(sys.argv[1] + '/data/train-00000-of-00001.parquet')",
    "features = json.loads(table.schema.metadata[b'huggingface'])['info']['features']",
    "types = [str(field.type) for field in table.schema]",
    "print(json.dumps([types, table['label'].to_pylist(), features['label']['names'],",
    "                  table['image'][0].as_py()['bytes'][:4].hex()]))",
  ].join("\n");
  const { stdout } = spawnSync(python, ["-c", script, await written()], { encoding: "utf8" });
  const types = ["struct<bytes: binary, path: string>", "int64"];
  expect(JSON.parse(stdout)).toEqual([types, Array.from(expandSet(set).labels), HUB_NAMES, "89504e47"]);
});

it("is refused for images that PNG cannot hold", async () => {
  const two: SyntheticSet = {
    ...set,
    shape: [2, 4, 6],
    preprocessing: { normalization: { mean: [0, 0], std: [1, 1] }, zca: undefined },
  };
  await expect(exportFiles(two, "huggingface")).rejects.toThrow("PNG has 1 or 3 channels, the images have 2");
});
