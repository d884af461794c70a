// What the fuzzer reads: one line a format. Needs `npm run build`.
//
// name   -> seeds: the files it starts from
//           read(bytes, folder): the public reader; `folder` is an empty folder of its own to put files into
//           mend:  makes checksums right again after damage (half of the inputs)
//           structure(draw, seed): a file that is whole as bytes and hostile in structure (half of the inputs)
//           wrap:  packs what was damaged, so that not all of the damage is the packing's
//           share: of --count, by what an input costs. Default 1
//           big:   not spliced into the files of other targets

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateRawSync, deflateSync, gunzipSync, gzipSync } from "node:zlib";
import { unzipSync, zipSync } from "fflate";
import { readForeignSet } from "../../dist/data/foreign/foreignSet.js";
import { loadDataset } from "../../dist/data/index.js";
import { DatadamError } from "../../dist/errors.js";
import { decodeIdx, decodeMat, decodeNpy, decodeNpz, decodePickle, decodePt, decodeSafetensors, encodeNpy, encodePng, encodeSafetensors, parseCsv } from "../../dist/formats/index.js"; // biome-ignore format: one import
import * as portable from "../../dist/formats/inflate/portable.js";
import { TooLarge } from "../../dist/formats/inflate/tooLarge.js";
import { parseJson } from "../../dist/json.js";
import { quoted } from "../../dist/quoted.js";
import { encodeSyntheticSet, openSyntheticSet } from "../../dist/run/portable.js";
import { STATISTICS, statistics } from "./banks.mjs";
import { mendPng, mendTar, mendZip } from "./mutate.mjs";
import {
  cifar10,
  idx,
  imagenet,
  journal,
  journals,
  mnist,
  published,
  store,
  storeFile,
  tar,
  tinyImagenet,
  untar,
} from "./sets.mjs";
import * as structure from "./structure.mjs";

const fixtures = fileURLToPath(new URL("../../test/fixtures/", import.meta.url));
const all = (folder, end) => readdirSync(join(fixtures, folder)).filter((name) => name.endsWith(end)).sort().map((name) => readFileSync(join(fixtures, folder, name))); // biome-ignore format: one chain
const shade = (v) => Buffer.from(encodePng(new Uint8Array(48).fill(v), { width: 4, height: 4, channels: 3 }));
const text = (value) => Buffer.from(value);
const CLASSES = { "f/a/1.png": shade(1), "f/a/2.png": shade(2), "f/b/1.png": shade(3), "f/readme.md": text("hello") };
const SHARD = { "1.png": shade(1), "1.cls": text("0"), "2.png": shade(2), "2.json": text('{"label": 1}') };
const OPTIONS = { size: 8, maxArchiveBytes: 2 ** 26 };

const LONG = { [`f/a/${"long".repeat(30)}.png`]: shade(4), ...CLASSES }; // a PAX header
const LINKS = {
  ...CLASSES,
  "f/a/3.png": { type: "link", linkname: "f/a/1.png" },
  "f/c": { type: "symlink", linkname: "a" },
};
const tars = [await tar(CLASSES), await tar(SHARD), await tar(LONG), await tar(LINKS)];
const zips = [0, 6].map((level) => Buffer.from(zipSync(CLASSES, { level, mtime: new Date(1980, 0, 1) })));
const CSV = ["path,label,split\r\na/1.png,x,train\r\n\"b/1.png\",y,train\r\na/1.png,x,test\r\n", "b/1.png,1\na/1.png,2\n"]; // biome-ignore format: one list
const METADATA = [
  "file_name,label\r\na/1.png,x\r\nb/1.png,y\r\n",
  "file;class;split\na/1.png;x;train\nb/1.png;y;train\n",
];
const METADATA_JSON =
  '{"file_name": "a/1.png", "label": "x"}\n{"file_name": "b/1.png", "category": 2, "split": "train"}\n';
const tensors = { a: { dtype: "F32", shape: [2, 3], data: new Float32Array(6) }, b: { dtype: "U8", shape: [0], data: new Uint8Array(0) } }; // biome-ignore format: one object

const STORAGES = torchParts(readFileSync(join(fixtures, "torch/zip.pt")));
const npy = (shape, fill) => encodeNpy({ dtype: "u1", shape, data: Uint8Array.from({ length: shape.reduce((a, b) => a * b, 1) }, fill) }); // biome-ignore format: one expression
const npzSet = Buffer.from(zipSync({ "x_train.npy": npy([4, 4, 4, 3], (_, i) => i), "y_train.npy": npy([4], (_, i) => i % 2) }, { level: 0 })); // biome-ignore format: one expression
const PLAIN = [Buffer.alloc(50_000), shade(7), Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * i) % 99))];
const LIMIT = { maxBytes: 2 ** 26 };
const IDX = [idx([2, 3, 3]), idx([5])];
const MNIST = mnist();
const { "train-labels-idx1-ubyte": _, ...MNIST_IMAGES } = MNIST;
const [python10, python100] = await Promise.all(
  ["10", "100"].map((n) => untar(all("cifars", `cifar-${n}-python.tar.gz`)[0])),
);
const records = (n) =>
  Buffer.concat(Array.from({ length: n }, (_, i) => Buffer.concat([Buffer.from([i, 5 * i]), Buffer.alloc(3072, i)])));
const lines = (n) => text(Array.from({ length: n }, (_, i) => `class${i}\n`).join(""));
const binary100 = {
  "test.bin": records(2),
  "train.bin": records(4),
  "fine_label_names.txt": lines(100),
  "coarse_label_names.txt": lines(20),
};
const TINY = tinyImagenet(shade);
const tinyZip = Buffer.from(zipSync(TINY, { level: 0 }));
const IMAGENET = await imagenet(shade);
const logs = await journals();
const LIKE = { name: "like/train", shape: [1, 8, 8], classNames: ["ant", "bee"], flippable: true };
const PLAIN_SPACE = { normalization: { mean: [0.5], std: [0.25] }, zca: undefined };
const FOREIGN = foreignFiles();
const cached = (folder) => ({ size: 8, cacheDir: join(folder, "cache") });

export const targets = {
  tar: { seeds: () => tars, read: dataset("set.tar"), mend: mendTar, structure: tarBlocks },
  tgz: {
    seeds: () => tars.map((bytes) => gzipSync(bytes)),
    read: dataset("set.tgz"),
    structure: (draw, seed) => gzipSync(tarBlocks(draw, gunzipSync(seed))),
  },
  "tgz-inside": { seeds: () => tars, read: dataset("set.tgz"), mend: mendTar, wrap: gzipSync, structure: tarBlocks },
  zip: { seeds: () => zips, read: dataset("set.zip"), mend: mendZip, structure: zipOfImages },
  parquet: { seeds: () => [...all("parquet", ".parquet"), ...all("parquet/flowers/data", ".parquet")], read: dataset("set.parquet"), structure: (draw, seed) => structure.blocks(seed, draw, 8 << draw(6)) }, // biome-ignore format: a line a target
  png: {
    seeds: () => all("data", ".png"),
    read: picture("x.png"),
    mend: mendPng,
    share: 0.5,
    structure: (draw, seed) => structure.png(seed, draw),
  },
  jpeg: {
    seeds: () => all("data", ".jpg"),
    read: picture("x.jpg"),
    share: 0.5,
    structure: inBlocks(16),
  },
  webp: { seeds: () => all("data", ".webp"), read: picture("x.webp"), share: 0.5, structure: inBlocks(16) },
  bmp: { seeds: () => all("pictures", ".bmp"), read: picture("x.bmp"), share: 0.5, structure: inBlocks(16) },
  pnm: {
    seeds: () => [".ppm", ".pgm", ".pbm"].flatMap((end) => all("pictures", end)),
    read: picture("x.ppm"),
    share: 0.5,
    structure: inBlocks(16),
  },
  gif: { seeds: () => all("pictures", ".gif"), read: picture("x.gif"), share: 0.3, structure: inBlocks(16) },
  tiff: {
    seeds: () => [...all("pictures", ".tif"), ...all("pictures", ".tiff")],
    read: picture("x.tif"),
    share: 0.3,
    structure: inBlocks(16),
  },
  metadata: { seeds: () => METADATA.map(text), read: besides("metadata.csv"), share: 0.5, structure: inLines },
  "metadata-json": {
    seeds: () => [text(METADATA_JSON)],
    read: besides("metadata.jsonl"),
    share: 0.5,
    structure: jsonLines,
  },
  csv: { seeds: () => CSV.map(text), read: table, structure: inLines },
  "csv-text": {
    seeds: () => CSV.map(text),
    read: (bytes) => parseCsv(bytes.toString(), "it"),
    share: 1.5,
    structure: inLines,
  },
  cifar10: {
    seeds: () => [Buffer.alloc(30_730_000)],
    read: cifar10,
    share: 0.002,
    big: true,
    structure: inBlocks(3073),
  },
  safetensors: { seeds: () => [Buffer.from(encodeSafetensors(tensors, { x: "y" })), ...all("matching", ".safetensors").filter(({ length }) => length < 2 ** 18).slice(0, 2)], read: (bytes) => Object.values(decodeSafetensors(bytes).tensors), share: 1.5, structure: structure.safetensors }, // biome-ignore format: a line a target
  "inflate-raw": {
    seeds: () => PLAIN.map((bytes) => deflateRawSync(bytes)),
    read: unpacked(portable.inflateRaw),
    structure: inBlocks(8),
  },
  "inflate-zlib": {
    seeds: () => PLAIN.map((bytes) => deflateSync(bytes)),
    read: unpacked(portable.inflateZlib),
    structure: inBlocks(8),
  },
  "inflate-gzip": {
    seeds: () => PLAIN.map((bytes) => gzipSync(bytes)),
    read: unpacked(portable.gunzip),
    structure: inBlocks(8),
  },
  npy: {
    seeds: () => all("formats", ".npy"),
    read: (bytes) => [decodeNpy(bytes)],
    share: 1.5,
    structure: (draw) => structure.npy(draw),
  },
  npz: { seeds: () => all("formats", ".npz"), read: (bytes) => Object.values(decodeNpz(bytes)), mend: mendZip, share: 1.5, structure: structure.npz }, // biome-ignore format: a line a target
  "npz-inside": { seeds: () => all("formats", ".npy"), read: (bytes) => Object.values(decodeNpz(bytes, { maxBytes: 2 ** 26 })), wrap: (bytes) => zipSync({ "a.npy": bytes }), share: 1.5, structure: (draw) => structure.npy(draw, 2 ** 23) }, // biome-ignore format: a line a target
  pt: { seeds: () => all("torch", ".pt"), read: (bytes) => arrays(decodePt(bytes)), mend: mendZip, share: 1.5, structure: structure.pt }, // biome-ignore format: a line a target
  "pt-inside": { seeds: () => [STORAGES.pickle], read: (bytes) => arrays(decodePt(bytes, { maxBytes: 2 ** 26 })), wrap: (bytes) => zipSync({ "x/data.pkl": bytes, ...STORAGES.files }, { level: 0 }), share: 1.5, structure: (draw) => structure.pickle(draw, true) }, // biome-ignore format: a line a target
  "npz-set": {
    seeds: () => [npzSet],
    read: dataset("set.npz", { maxArchiveBytes: 2 ** 32 }),
    mend: mendZip,
    structure: structure.npz,
  },
  shards: { seeds: () => [tars[1]], read: dataset("set/shard-0.tar"), mend: mendTar, structure: tarBlocks },
  idx: {
    seeds: () => IDX.flatMap((bytes) => [bytes, gzipSync(bytes)]),
    read: (bytes) => [decodeIdx(bytes)],
    structure: structure.idx,
    share: 1.5,
  },
  mnist: {
    seeds: () => Object.values(MNIST).slice(0, 2),
    read: published("mnist", "train-images-idx3-ubyte", MNIST),
    structure: structure.idx,
  },
  "mnist-labels": { seeds: () => Object.values(MNIST).slice(1, 2), read: published("mnist", "train-labels-idx1-ubyte.gz", MNIST_IMAGES), wrap: gzipSync, structure: (draw) => structure.idx(draw, false) }, // biome-ignore format: a line a target
  pickle: {
    seeds: () => all("pickles", ".pickle"),
    read: (bytes) => [decodePickle(bytes)],
    share: 1.5,
    structure: (draw) => structure.pickle(draw),
  },
  mat: {
    seeds: () => all("mats", ".mat"),
    read: (bytes) => Object.values(decodeMat(bytes)),
    share: 1.5,
    structure: inBlocks(8),
  },
  svhn: { seeds: () => all("mats", "n_32x32.mat"), read: published("svhn", "train_32x32.mat", { "test_32x32.mat": all("mats", "t_32x32.mat")[0] }), structure: inBlocks(8) }, // biome-ignore format: a line a target
  "cifar10-python": {
    seeds: () => [python10.data_batch_2],
    read: published("cifar10", "data_batch_2", python10),
    structure: (draw) => structure.pickle(draw),
  },
  "cifar10-names": {
    seeds: () => [python10["batches.meta"]],
    read: published("cifar10", "batches.meta", python10),
    structure: (draw) => structure.pickle(draw),
  },
  "cifar10-tgz": { seeds: () => all("cifars", "10-python.tar.gz").map((bytes) => gunzipSync(bytes)), read: (bytes, folder) => named("cifar10", folder, "it.tar.gz", bytes), mend: mendTar, wrap: gzipSync, share: 0.5, structure: tarBlocks }, // biome-ignore format: a line a target
  cifar100: {
    seeds: () => [binary100["train.bin"]],
    read: published("cifar100", "train.bin", binary100),
    structure: inBlocks(3074),
  },
  "cifar100-python": {
    seeds: () => [python100.train],
    read: published("cifar100", "train", python100),
    structure: (draw) => structure.pickle(draw),
  },
  "cifar100-names": {
    seeds: () => [python100.meta],
    read: published("cifar100", "meta", python100),
    structure: (draw) => structure.pickle(draw),
  },
  "tiny-imagenet": {
    seeds: () => [tinyZip],
    read: (bytes, folder) => named("tiny-imagenet", folder, "it.zip", bytes),
    mend: mendZip,
    structure: tinyZips,
  },
  "tiny-lists": {
    seeds: () => [TINY["val/val_annotations.txt"]],
    read: published("tiny-imagenet", "val/val_annotations.txt", TINY),
    structure: inLines,
  },
  "imagenet-train": { seeds: () => [IMAGENET["ILSVRC2012_img_train.tar"]], read: published("imagenet", "ILSVRC2012_img_train.tar", IMAGENET, cached), mend: mendTar, share: 0.3, structure: tarBlocks }, // biome-ignore format: a line a target
  "imagenet-val": { seeds: () => [IMAGENET["ILSVRC2012_img_val.tar"]], read: published("imagenet", "ILSVRC2012_img_val.tar", IMAGENET, cached), mend: mendTar, share: 0.3, structure: tarBlocks }, // biome-ignore format: a line a target
  "imagenet-lists": { seeds: () => [IMAGENET["ILSVRC2012_validation_ground_truth.txt"]], read: published("imagenet", "ILSVRC2012_validation_ground_truth.txt", IMAGENET, cached), share: 0.3, structure: inLines }, // biome-ignore format: a line a target
  "foreign-pt": { seeds: () => all("torch", "st.pt"), read: foreign("it.pt"), mend: mendZip, structure: structure.pt },
  "foreign-npz": { seeds: () => [FOREIGN.npz], read: foreign("it.npz"), mend: mendZip, structure: structure.npz },
  "foreign-safetensors": { seeds: () => [FOREIGN.safetensors], read: foreign("it.safetensors"), structure: structure.safetensors }, // biome-ignore format: a line a target
  "synthetic-set": { seeds: () => [FOREIGN.set], read: syntheticSet, structure: setMetadata },
  json: {
    seeds: () => [text('{"a": [1, "b", null]}')],
    read: jsonText,
    structure: (draw) => text(structure.json(draw)),
  },
  store: { seeds: () => [storeFile()], read: store, share: 0.3, structure: inBlocks(12) },
  statistics: { seeds: () => STATISTICS, read: statistics, share: 1.5, structure: inBlocks(8) },
  journal: { seeds: () => logs, read: journal, share: 0.3, structure: inLines },
};

function foreignFiles() {
  const images = Float32Array.from({ length: 128 }, (_, i) => Math.sin(i));
  const labels = BigInt64Array.of(0n, 1n);
  const tensors = { images: { dtype: "F32", shape: [2, 1, 8, 8], data: images }, labels: { dtype: "I64", shape: [2], data: labels } }; // biome-ignore format: one object
  const files = { "images.npy": encodeNpy({ ...tensors.images, dtype: "f4" }), "labels.npy": encodeNpy({ ...tensors.labels, dtype: "i8" }) }; // biome-ignore format: one object
  const set = { images, labels: Uint16Array.of(0, 1), shape: [1, 8, 8], classNames: ["ant", "bee"], preprocessing: PLAIN_SPACE, provenance: { method: "dm", ipc: 1, iteration: 3 } }; // biome-ignore format: one object
  return {
    npz: Buffer.from(zipSync(files, { level: 0 })),
    safetensors: Buffer.from(encodeSafetensors(tensors)),
    set: Buffer.from(encodeSyntheticSet(set)),
  };
}

/** A set of another program, in a file of this name. */
function foreign(name) {
  return async (bytes, folder) => {
    writeFileSync(join(folder, name), bytes);
    await readForeignSet(join(folder, name), { like: LIKE, preprocessing: PLAIN_SPACE });
    return [];
  };
}

function syntheticSet(bytes) {
  const { images, labels, classNames } = openSyntheticSet(bytes, "it").decode();
  if (images.length !== 64 * labels.length || labels.some((label) => label >= classNames.length))
    throw new Error("odd");
  return [];
}

/** The set with metadata of any JSON. */
function setMetadata(draw, seed) {
  const { tensors: all, metadata } = decodeSafetensors(seed);
  const keys = [...Object.keys(metadata), "factor", "selection", "preprocessing", "iteration"];
  for (let n = 1 + draw(2); n > 0; n--) metadata[keys[draw(keys.length)]] = structure.json(draw);
  return Buffer.from(encodeSafetensors(all, metadata));
}

function jsonText(bytes) {
  try {
    quoted(parseJson(bytes.toString()));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new DatadamError("INVALID_DATA", cause.message, { cause });
  }
  return [];
}

function tarBlocks(draw, seed) {
  return structure.blocks(seed, draw);
}

/** Blocks of so many bytes dropped, doubled, exchanged. */
function inBlocks(length) {
  return (draw, seed) => structure.blocks(seed, draw, length);
}

function inLines(draw, seed) {
  return structure.lines(seed, draw);
}

/** Lines of JSON, of which one may hold anything. */
function jsonLines(draw, seed) {
  if (draw(2) === 0) return inLines(draw, seed);
  const all = seed.toString().trim().split("\n");
  all[draw(all.length)] = structure.json(draw);
  return text(all.join("\n"));
}

/** Tiny ImageNet whose entries share bytes, lie about sizes and come twice. */
function tinyZips(draw) {
  return structure.zip(draw, Object.entries(TINY));
}

/** A zip of images whose entries share bytes, lie about sizes and come twice. */
function zipOfImages(draw) {
  const names = ["f/a/1.png", "f/b/1.png", "f/a/../b/2.png", "f/a/x".repeat(1 + draw(40)), "f/b/1.png", "f/b/z.png"];
  const bodies = [shade(1), shade(2), Buffer.alloc(2 ** 20), Buffer.alloc(0)];
  const count = 2 + draw(5);
  return structure.zip(
    draw,
    names.slice(0, count).map((name) => [name, bodies[draw(bodies.length)]]),
  );
}

/** Unpacking as a browser does it: plain errors are refusals, of which the formats make their own. */
function unpacked(unpack) {
  return (bytes) => {
    try {
      unpack(bytes, LIMIT.maxBytes);
    } catch (cause) {
      if (cause instanceof TypeError || cause instanceof RangeError) throw cause;
      throw new DatadamError("INVALID_DATA", cause instanceof TooLarge ? "too large" : cause.message, { cause });
    }
    return [];
  };
}

/** The pickle of a .pt, and its other files in another folder. */
function torchParts(bytes) {
  const files = Object.entries(unzipSync(bytes)).map(([name, data]) => [name.replace(/^[^/]+/, "x"), data]);
  const { "x/data.pkl": pickle, ...rest } = Object.fromEntries(files);
  return { pickle: Buffer.from(pickle), files: rest };
}

/** The arrays in what a pickle holds, whose parts may be shared. */
function arrays(value, seen = new Set()) {
  if (seen.has(value)) return [];
  if (typeof value === "object" && value !== null) seen.add(value);
  const inner = value instanceof Map ? [...value.values()] : Array.isArray(value) ? value : undefined;
  if (inner !== undefined) return inner.flatMap((one) => arrays(one, seen));
  return value?.shape === undefined ? [] : [value];
}

/** A file given by its path. */
function dataset(name, options = OPTIONS) {
  return (bytes, folder) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    return loadDataset(name.includes("/") ? dirname(path) : path, options);
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

/** Two images with a file beside them. */
function besides(name) {
  return (bytes, folder) => {
    for (const path of ["a", "b"]) {
      mkdirSync(join(folder, path));
      writeFileSync(join(folder, path, "1.png"), CLASSES[`f/${path}/1.png`]);
    }
    writeFileSync(join(folder, name), bytes);
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

/** A named set of which everything is in one archive. */
function named(set, folder, name, bytes) {
  writeFileSync(join(folder, name), bytes);
  return loadDataset(set, { dir: join(folder, name), ...(set === "tiny-imagenet" ? { size: 8 } : {}) });
}
