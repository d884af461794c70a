// A set as a data set folder of the Hugging Face hub: a card, and Parquet with images and labels.

import { parquetWriteBuffer, type SchemaElement } from "hyparquet-writer";
import { counted } from "../../counted.ts";
import type { SyntheticSet } from "../../images/index.ts";
import { encodePictures } from "./pictures.ts";
import type { ExportedFiles } from "./types.ts";

const DATA_FILE = "data/train-00000-of-00001.parquet";
const CARD_FILE = "README.md";

/** As `datasets` writes it: an image is its file's bytes and its name, a label has 64 bits. */
const SCHEMA: SchemaElement[] = [
  { name: "schema", num_children: 2 },
  { name: "image", num_children: 2, repetition_type: "OPTIONAL" },
  { name: "bytes", type: "BYTE_ARRAY", repetition_type: "OPTIONAL" },
  { name: "path", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
  { name: "label", type: "INT64", repetition_type: "OPTIONAL" },
];

/**
 * The folder of a set: `README.md`, a card that says which features there are, and a Parquet file with `image` (PNG)
 * and `label`, whose metadata say the same.
 *
 * @param set with its images at full size
 * @param pixels of its images: uint8 `[n, c, h, w]`
 * @throws DatadamError INVALID_OPTION where the images have neither 1 nor 3 channels
 */
export function hubFiles(set: SyntheticSet, pixels: Uint8Array): ExportedFiles {
  const names = distinct(set.classNames);
  const images = encodePictures(set, pixels).map((bytes, index) => ({
    bytes,
    path: `${String(index).padStart(6, "0")}.png`,
  }));
  const features = { image: { _type: "Image" }, label: { names, _type: "ClassLabel" } };
  const parquet = new Uint8Array(
    parquetWriteBuffer({
      schema: SCHEMA,
      columnData: [
        { name: "image", data: images },
        { name: "label", data: BigInt64Array.from(set.labels, BigInt) },
      ],
      // PNG is compressed; least and greatest pictures say nothing.
      codec: "UNCOMPRESSED",
      statistics: false,
      createdBy: "datadam",
      kvMetadata: [{ key: "huggingface", value: JSON.stringify({ info: { features } }) }],
    }),
  );
  const bytes = images.reduce((sum, { bytes, path }) => sum + bytes.length + path.length + 8, 0);
  return { [CARD_FILE]: new TextEncoder().encode(card(set, names, bytes, parquet.length)), [DATA_FILE]: parquet };
}

function card(set: SyntheticSet, names: readonly string[], bytes: number, size: number): string {
  const { labels, shape, provenance } = set;
  const [channels, height, width] = shape;
  const images = counted(labels.length, "image");
  const of = typeof provenance.dataset === "string" ? ` of ${plain(provenance.dataset)}` : "";
  return [
    "---",
    "task_categories:",
    "- image-classification",
    "tags:",
    "- dataset-distillation",
    "- datadam",
    "dataset_info:",
    "  features:",
    "  - name: image",
    "    dtype: image",
    "  - name: label",
    "    dtype:",
    "      class_label:",
    "        names:",
    ...names.map((name, index) => `          '${index}': ${yamlText(name)}`),
    "  splits:",
    "  - name: train",
    `    num_bytes: ${bytes}`,
    `    num_examples: ${labels.length}`,
    `  download_size: ${size}`,
    `  dataset_size: ${bytes}`,
    "configs:",
    "- config_name: default",
    "  data_files:",
    "  - split: train",
    "    path: data/train-*",
    "---",
    "",
    `# A distilled set${of}`,
    "",
    `${images} of ${height} x ${width} px${channels === 1 ? ", grey" : ""}, in ` +
      `${counted(names.length, "class", "classes")}: made to train networks, not drawn from the data.`,
    "",
    "```python",
    "from datasets import load_dataset",
    "",
    'distilled = load_dataset("path/to/this/folder", split="train")',
    "```",
    "",
    "Pixels are rounded to bytes. The licence of the images that the set was made from holds for it, too.",
    "",
  ].join("\n");
}

/** Names that are well-formed text, not empty, and differ, as the hub wants them. */
function distinct(classNames: readonly string[]): string[] {
  const used = new Set<string>();
  return classNames.map((given, index) => {
    let name = given.replaceAll(/\p{Cs}/gu, "\ufffd") || String(index);
    while (used.has(name)) name = `${name} (${index})`;
    used.add(name);
    return name;
  });
}

/** Text between double quotes, as YAML has it: what cannot be seen is escaped. */
function yamlText(text: string): string {
  const escaped = Array.from(text, (char) => {
    if (char === '"' || char === "\\") return `\\${char}`;
    if (!/[\p{C}\p{Zl}\p{Zp}]/u.test(char)) return char;
    const code = char.codePointAt(0)!.toString(16);
    return code.length > 4 ? `\\U${code.padStart(8, "0")}` : `\\u${code.padStart(4, "0")}`;
  });
  return `"${escaped.join("")}"`;
}

/** A name without what Markdown or HTML would read. */
function plain(name: string): string {
  return name
    .replaceAll(/[^\p{L}\p{N}.-]+/gu, " ")
    .trim()
    .slice(0, 100);
}
