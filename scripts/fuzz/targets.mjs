// What the fuzzer reads: one line a format. Needs `npm run build`.
//
// name   -> seeds: the files it starts from
//           read(bytes, folder): the public reader; `folder` is an empty folder of its own to put files into
//           mend:  makes checksums right again after damage (half of the inputs)
//           wrap:  packs what was damaged, so that not all of the damage is the packing's
//           share: of --count, by what an input costs. Default 1

import { linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { unzipSync, zipSync } from "fflate";
import { pack } from "tar-stream";
import { loadDataset } from "../../dist/data/index.js";
import { decodeNpy, decodeNpz, decodePt, decodeSafetensors, encodePng, encodeSafetensors, parseCsv } from "../../dist/formats/index.js"; // biome-ignore format: one import
import { mendPng, mendTar, mendZip } from "./mutate.mjs";

const fixtures = fileURLToPath(new URL("../../test/fixtures/", import.meta.url));
const all = (folder, end) => readdirSync(join(fixtures, folder)).filter((name) => name.endsWith(end)).sort().map((name) => readFileSync(join(fixtures, folder, name))); // biome-ignore format: one chain
const shade = (v) => Buffer.from(encodePng(new Uint8Array(48).fill(v), { width: 4, height: 4, channels: 3 }));
const text = (value) => Buffer.from(value);
const CLASSES = { "f/a/1.png": shade(1), "f/a/2.png": shade(2), "f/b/1.png": shade(3), "f/readme.md": text("hello") };
const SHARD = { "1.png": shade(1), "1.cls": text("0"), "2.png": shade(2), "2.json": text('{"label": 1}') };
const OPTIONS = { size: 8, maxArchiveBytes: 2 ** 26 };

const LONG = { [`f/a/${"long".repeat(30)}.png`]: shade(4), ...CLASSES }; // a PAX header
const tars = [await tar(CLASSES), await tar(SHARD), await tar(LONG)];
const zips = [0, 6].map((level) => Buffer.from(zipSync(CLASSES, { level, mtime: new Date(1980, 0, 1) })));
const CSV = ["path,label,split\r\na/1.png,x,train\r\n\"b/1.png\",y,train\r\na/1.png,x,test\r\n", "b/1.png,1\na/1.png,2\n"]; // biome-ignore format: one list
const tensors = { a: { dtype: "F32", shape: [2, 3], data: new Float32Array(6) }, b: { dtype: "U8", shape: [0], data: new Uint8Array(0) } }; // biome-ignore format: one object

const STORAGES = torchParts(readFileSync(join(fixtures, "torch/zip.pt")));

export const targets = {
  tar: { seeds: () => tars, read: dataset("set.tar"), mend: mendTar },
  tgz: { seeds: () => tars.map((bytes) => gzipSync(bytes)), read: dataset("set.tgz") },
  "tgz-inside": { seeds: () => tars, read: dataset("set.tgz"), mend: mendTar, wrap: gzipSync },
  zip: { seeds: () => zips, read: dataset("set.zip"), mend: mendZip },
  parquet: { seeds: () => [...all("parquet", ".parquet"), ...all("parquet/flowers/data", ".parquet")], read: dataset("set.parquet") }, // biome-ignore format: a line a target
  png: { seeds: () => all("data", ".png"), read: picture("x.png"), mend: mendPng, share: 0.5 },
  jpeg: { seeds: () => all("data", ".jpg"), read: picture("x.jpg"), share: 0.5 },
  webp: { seeds: () => all("data", ".webp"), read: picture("x.webp"), share: 0.5 },
  csv: { seeds: () => CSV.map(text), read: table },
  "csv-text": { seeds: () => CSV.map(text), read: (bytes) => parseCsv(bytes.toString(), "it"), share: 1.5 },
  cifar10: { seeds: () => [Buffer.alloc(30_730_000)], read: cifar10, share: 0.002 },
  safetensors: { seeds: () => [Buffer.from(encodeSafetensors(tensors, { x: "y" })), ...all("matching", ".safetensors").filter(({ length }) => length < 2 ** 18).slice(0, 2)], read: (bytes) => Object.values(decodeSafetensors(bytes).tensors), share: 1.5 }, // biome-ignore format: a line a target
  npy: { seeds: () => all("formats", ".npy"), read: (bytes) => [decodeNpy(bytes)], share: 1.5 },
  npz: { seeds: () => all("formats", ".npz"), read: (bytes) => Object.values(decodeNpz(bytes, { maxBytes: 2 ** 26 })), mend: mendZip, share: 1.5 }, // biome-ignore format: a line a target
  "npz-inside": { seeds: () => all("formats", ".npy"), read: (bytes) => Object.values(decodeNpz(bytes, { maxBytes: 2 ** 26 })), wrap: (bytes) => zipSync({ "a.npy": bytes }), share: 1.5 }, // biome-ignore format: a line a target
  pt: { seeds: () => all("torch", ".pt"), read: (bytes) => arrays(decodePt(bytes, { maxBytes: 2 ** 26 })), mend: mendZip, share: 1.5 }, // biome-ignore format: a line a target
  "pt-inside": { seeds: () => [STORAGES.pickle], read: (bytes) => arrays(decodePt(bytes, { maxBytes: 2 ** 26 })), wrap: (bytes) => zipSync({ "x/data.pkl": bytes, ...STORAGES.files }, { level: 0 }), share: 1.5 }, // biome-ignore format: a line a target
};

/** The pickle of a .pt, and its other files in another folder. */
function torchParts(bytes) {
  const files = Object.entries(unzipSync(bytes)).map(([name, data]) => [name.replace(/^[^/]+/, "x"), data]);
  const { "x/data.pkl": pickle, ...rest } = Object.fromEntries(files);
  return { pickle: Buffer.from(pickle), files: rest };
}

/** The arrays in what a pickle holds. */
function arrays(value) {
  if (value instanceof Map) return [...value.values()].flatMap(arrays);
  if (Array.isArray(value)) return value.flatMap(arrays);
  return value?.shape === undefined ? [] : [value];
}

/** A file given by its path. */
function dataset(name) {
  return (bytes, folder) => {
    writeFileSync(join(folder, name), bytes);
    return loadDataset(join(folder, name), OPTIONS);
  };
}

/** One image of a folder of two classes. */
function picture(name) {
  return (bytes, folder) => {
    for (const path of ["a", "b"]) mkdirSync(join(folder, path));
    writeFileSync(join(folder, "a", name), bytes);
    writeFileSync(join(folder, "b/1.png"), CLASSES["f/b/1.png"]);
    return loadDataset(folder, OPTIONS);
  };
}

function table(bytes, folder) {
  for (const path of ["a", "b"]) {
    mkdirSync(join(folder, path));
    writeFileSync(join(folder, path, "1.png"), CLASSES[`f/${path}/1.png`]);
  }
  writeFileSync(join(folder, "set.csv"), bytes);
  return loadDataset(join(folder, "set.csv"), OPTIONS);
}

/** Its second file is damaged, the others are of zeros. */
function cifar10(bytes, folder) {
  const path = (name) => join(folder, `${name}.bin`);
  writeFileSync(path("data_batch_2"), bytes);
  writeFileSync(path("data_batch_1"), Buffer.alloc(30_730_000));
  for (const name of ["data_batch_3", "data_batch_4", "data_batch_5", "test_batch"])
    linkSync(path("data_batch_1"), path(name));
  return loadDataset("cifar10", { dir: folder });
}

async function tar(files) {
  const stream = pack();
  for (const [name, bytes] of Object.entries(files)) stream.entry({ name, mtime: new Date(0) }, bytes);
  stream.finalize();
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
