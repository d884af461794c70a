// Published layouts around a damaged file, for targets.mjs: each `read` puts the other files beside it as they should
// be.

import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { extract, pack } from "tar-stream";
import { loadDataset } from "../../dist/data/index.js";
import { openStore } from "../../dist/data/store/buildStore.js";
import { Journal } from "../../dist/data/store/journal.js";
import { checksumsOf, encodeIndex } from "../../dist/data/store/store.js";

/** The bytes of a tar archive of these files. */
export async function tar(files) {
  const stream = pack();
  for (const [name, what] of Object.entries(files)) {
    if (what instanceof Uint8Array) stream.entry({ name, mtime: new Date(0) }, what);
    else stream.entry({ name, mtime: new Date(0), ...what }); // such as a link
  }
  stream.finalize();
  return collect(stream);
}

/** The files of a .tar.gz by their names without folders. */
export async function untar(bytes) {
  const stream = extract();
  stream.end(gunzipSync(bytes));
  const files = {};
  for await (const entry of stream) {
    const data = await collect(entry);
    if (entry.header.type === "file") files[entry.header.name.split("/").at(-1)] = data;
  }
  return files;
}

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Loads a named set whose file `name` is damaged and whose others are `files`. */
export function published(set, name, files, optionsOf = () => ({})) {
  return (bytes, folder) => {
    for (const [path, data] of Object.entries({ ...files, [name]: bytes })) {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), data);
    }
    return loadDataset(set, { dir: folder, ...optionsOf(folder) });
  };
}

/** The binary CIFAR-10: its second file is damaged, the others are of zeros. */
export function cifar10(bytes, folder) {
  const path = (name) => join(folder, `${name}.bin`);
  writeFileSync(path("data_batch_2"), bytes);
  writeFileSync(path("data_batch_1"), Buffer.alloc(30_730_000));
  for (const name of ["data_batch_3", "data_batch_4", "data_batch_5", "test_batch"])
    linkSync(path("data_batch_1"), path(name));
  return loadDataset("cifar10", { dir: folder });
}

/** An IDX file of unsigned bytes. */
export function idx(shape, fill = (i) => i % 256) {
  const sizes = Buffer.alloc(4 * shape.length);
  for (const [axis, size] of shape.entries()) sizes.writeUInt32BE(size, 4 * axis);
  const data = Uint8Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => fill(i));
  return Buffer.concat([Buffer.from([0, 0, 8, shape.length]), sizes, data]);
}

/** Training and test files of MNIST's layout with four images each. */
export function mnist() {
  const of = (part) => [
    [`${part}-images-idx3-ubyte`, idx([4, 28, 28])],
    [`${part}-labels-idx1-ubyte`, idx([4])],
  ];
  return Object.fromEntries([...of("train"), ...of("t10k")]);
}

const KIT = ["n00000030", "n00000010", "n00000020"];

/** ImageNet-1K's archives and lists with three classes. */
export async function imagenet(image) {
  const inner = {};
  for (const [c, synset] of KIT.entries()) inner[`${synset}.tar`] = await tar({ [`${synset}_1.JPEG`]: image(c) });
  const val = Object.fromEntries([3, 1, 2].map((n) => [`ILSVRC2012_val_0000000${n}.JPEG`, image(n)]));
  return {
    "ILSVRC2012_img_train.tar": await tar(inner),
    "ILSVRC2012_img_val.tar": await tar(val),
    "ILSVRC2012_validation_ground_truth.txt": Buffer.from("2\n1\n3\n"),
    "synsets.txt": Buffer.from(KIT.map((synset) => `${synset} some, names\n`).join("")),
  };
}

/** Tiny ImageNet's layout with two classes. */
export function tinyImagenet(image) {
  const wnids = ["n00000002", "n00000001"];
  const files = {
    "wnids.txt": `${wnids.join("\n")}\n`,
    "words.txt": wnids.map((wnid) => `${wnid}\tname of ${wnid}, another\n`).join(""),
    "val/val_annotations.txt": wnids.map((wnid, i) => `val_${i}.JPEG\t${wnid}\t0\t0\t62\t62\n`).join(""),
  };
  for (const [i, wnid] of wnids.entries()) {
    files[`train/${wnid}/images/${wnid}_0.JPEG`] = image(i);
    files[`val/images/val_${i}.JPEG`] = image(9 + i);
  }
  return Object.fromEntries(Object.entries(files).map(([path, data]) => [path, Buffer.from(data)]));
}

const KEY = "0".repeat(64);
const PATHS = ["a", "b", "c"];
const FACTS = { skipped: [], grey: true, mislabelled: { count: 0, some: [] } };
const planes = () => Buffer.from(PATHS.flatMap((_, i) => new Array(12).fill(i)));

/** A finished file of the cache, of three images. */
export function storeFile() {
  const index = { key: KEY, stride: 12, paths: PATHS, checksums: checksumsOf(planes(), 12), ...FACTS };
  return Buffer.concat([planes(), encodeIndex(index)]);
}

/** Opens the cache with a damaged file in it: what comes must be the images, made anew where they are not. */
export function store(bytes, folder) {
  writeFileSync(join(folder, `images-${KEY}`), bytes);
  return openImages(folder);
}

/** The log of the first claim. */
const LOG = "log.1";

/** What the log of a killed process says: one batch of three images, or three of one. */
export async function journals() {
  const logs = [];
  for (const parts of [[PATHS], PATHS.map((path) => [path])]) {
    const folder = mkdtempSync(join(tmpdir(), "journal-"));
    const made = await Journal.open(join(folder, "it"), 12);
    let at = 0;
    for (const paths of parts) {
      await made.append(planes().subarray(12 * at, 12 * (at + paths.length)), { paths, ...FACTS });
      at += paths.length;
    }
    await made.close();
    logs.push(readFileSync(join(folder, "it.partial", LOG)));
    rmSync(folder, { recursive: true });
  }
  return logs;
}

/** The same with the log of a process that was killed. */
export function journal(bytes, folder) {
  const partial = join(folder, `images-${KEY}.partial`);
  mkdirSync(partial);
  writeFileSync(join(partial, LOG), bytes);
  writeFileSync(join(partial, "data"), planes());
  return openImages(folder);
}

async function openImages(folder) {
  const images = () =>
    PATHS.map((path, i) => ({
      path,
      decode: async () => ({ path, rgb: new Uint8Array(12).fill(i), grey: true, format: "PNG" }),
    }));
  const source = { root: "it", key: KEY, channels: 3, size: 2, total: 3, images };
  const options = { cacheDir: folder, corrupt: "fail", onProgress: () => {}, onWarning: () => {} };
  const opened = await openStore(source, options);
  const out = new Uint8Array(12);
  for (const [slot, path] of PATHS.entries()) {
    opened.read(slot, out);
    const right = opened.paths[slot] === path && out.every((value) => value === slot);
    if (!right) throw new Error(`image ${slot} is not what was put in`);
  }
  return opened;
}
