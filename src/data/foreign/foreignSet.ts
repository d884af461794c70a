// Small training sets that other programs made, as sets that can be evaluated.

import { statSync } from "node:fs";
import { dirname } from "node:path";
import { counted } from "../../counted.ts";
import { DatadamError } from "../../errors.ts";
import type { NpyArray } from "../../formats/index.ts";
import { areProbabilities, classFolders, imageSize, prepareWith, softmaxRows, someOf } from "../../images/index.ts";
import type { ImageSet, Preprocessing, SyntheticSet } from "../../images/types.ts";
import { loadDataset } from "../loadDataset.ts";
import { isArrayFile, readForeignArrays, separateImages } from "./foreignArrays.ts";

export interface ForeignSetOptions {
  /** The training part of the data set that it stands for: its shape and classes are the set's. */
  readonly like: Pick<ImageSet, "name" | "shape" | "classNames" | "flippable">;
  /** How the networks' images are made of pixels. Its normalisation is that of images in pixels, too. */
  readonly preprocessing: Preprocessing;
  /**
   * What float images are. `prepared` (default): in the space that `preprocessing` leads to, which is where distillers
   * keep them. `pixels`: in [0, 1] or [0, 255]. Bytes and image files are always pixels, and never whitened.
   */
  readonly space?: "prepared" | "pixels";
}

export interface ForeignSet {
  readonly set: SyntheticSet;
  /** What was assumed, for the user to know. */
  readonly notes: readonly string[];
  /** What is likely wrong, for the user to look at. */
  readonly warnings: readonly string[];
  /** The range of pixels that all float images lie in, where they were not taken for pixels. */
  readonly likelyPixels?: PixelRange;
}

/** Where pixels lie as floats. */
export type PixelRange = "[0, 1]" | "[0, 255]";

/** Pixels from 0 to 255 have one above this, and pixels from 0 to 1 none. */
const CLEARLY_BYTES = 16;

/**
 * Reads a set from a `.pt` of the official DataDAM, DM, DC or MTT code, an `.npz` or `.safetensors` of images and
 * labels, or a folder or archive of class folders. Its images are sorted by class. Nothing in it is ever run.
 *
 * @throws DatadamError INVALID_DATA where it is damaged, or its images, labels or classes are not those of `like`; IO
 */
export async function readForeignSet(path: string, options: ForeignSetOptions): Promise<ForeignSet> {
  const folder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const files = folder ? separateImages(path) : isArrayFile(path) ? [path] : [];
  return files.length === 0 ? fromImageFiles(path, options) : fromArrays(files, options);
}

function fromArrays(files: readonly string[], options: ForeignSetOptions): ForeignSet {
  const path = files.length === 1 ? files[0] : dirname(files[0]);
  const { images: found, labels: given, whitened, notes: told } = readForeignArrays(files);
  const { shape, classNames } = options.like;
  const notes = [...told];
  const { values, bytes } = pixelsOf(path, found, options.like);
  const count = values.length / imageSize({ shape });
  const isPixels = bytes || options.space === "pixels";
  if (!bytes && whitened !== undefined) requireSpace(path, whitened, options);
  if (!bytes && !values.every(Number.isFinite)) throw invalid(path, "its images are not all finite numbers");
  const range = bytes ? undefined : pixelRange(values);
  if (isPixels) normalize(path, values, bytes || range === "[0, 255]" ? 255 : 1, shape, options.preprocessing);
  if (isPixels && range === "[0, 255]") notes.push("its pixels lie in [0, 255]");
  const { labels, soft, note, warning } = labelsOf(path, given, count, classNames);
  if (note !== undefined) notes.push(note);
  const preprocessing = isPixels ? { ...options.preprocessing, zca: undefined } : options.preprocessing;
  const likely = isPixels || whitened !== undefined ? undefined : range;
  return {
    set: sorted({ images: values, labels, softLabels: soft }, path, options.like, preprocessing),
    notes,
    warnings: warning === undefined ? [] : [warning],
    ...(likely && { likelyPixels: likely }),
  };
}

/** The range of pixels that all numbers lie in. Normalised images have negative ones where they are dark. */
function pixelRange(values: Float32Array): PixelRange | undefined {
  let most = 0;
  for (const value of values) {
    if (!(value >= 0 && value <= 255)) return undefined;
    if (value > most) most = value;
  }
  if (most <= 1) return "[0, 1]";
  return most > CLEARLY_BYTES ? "[0, 255]" : undefined;
}

async function fromImageFiles(path: string, { like, preprocessing }: ForeignSetOptions): Promise<ForeignSet> {
  const [channels, height, width] = like.shape;
  if (height !== width) throw invalid(path, `image files are read for square images, not ${like.shape.join(" x ")}`);
  const depth = channels === 1 || channels === 3 ? { channels: channels as 1 | 3 } : {};
  const { train } = await loadDataset(path, { size: height, flippable: like.flippable, ...depth });
  if (train.shape.join() !== like.shape.join()) throw otherShape(path, train.shape, like);
  const named = positionsOf(train.classNames, like.classNames);
  const positions = named ?? numbersOf(train.classNames, like.classNames.length);
  if (positions === undefined) {
    throw new DatadamError(
      "INVALID_DATA",
      `"${path}" has the classes ${someOf(train.classNames)}; ${like.name} has ${someOf(like.classNames)}`,
      { hint: "Name the class folders as the data set names its classes, or number all of them from 0 in its order." },
    );
  }
  const plain = { normalization: preprocessing.normalization, zca: undefined };
  const prepared = await prepareWith(plain, train);
  const images = prepared.read(Uint32Array.from({ length: train.count }, (_, i) => i));
  const labels = train.labels.map((label) => positions[label]);
  const notes = named === undefined ? [numbered(like.classNames)] : [];
  return { set: sorted({ images, labels, softLabels: undefined }, path, like, plain), notes, warnings: [] };
}

function numbered(names: readonly string[]): string {
  return `its folders are numbers: taken to be the classes in their order, from ${names[0]} to ${names.at(-1)}`;
}

/** For each class folder its class: by its name, or by the folder name that a name is written as. */
function positionsOf(folders: readonly string[], classNames: readonly string[]): number[] | undefined {
  for (const known of [classNames, classFolders(classNames)]) {
    const positions = folders.map((name) => known.indexOf(name));
    if (!positions.includes(-1) && positions.length === known.length) return positions;
  }
  return undefined;
}

/** The classes of folders that are numbered from 0, as 00000 of RDED, new000 of SRe2L, or 0. */
function numbersOf(folders: readonly string[], classes: number): number[] | undefined {
  const parts = folders.map((name) => /^(\D*)(\d+)$/.exec(name));
  const numbers = parts.map((part) => Number(part?.[2]));
  const alike = parts.every((part) => part?.[1] === parts[0]?.[1]);
  const all = new Set(numbers).size === classes && numbers.every((number) => number < classes);
  return alike && all && folders.length === classes ? numbers : undefined;
}

/** What a file says of its float images has to be what they are taken for. */
function requireSpace(path: string, whitened: boolean, { space, preprocessing }: ForeignSetOptions): void {
  if (space !== "pixels" && whitened === (preprocessing.zca !== undefined)) return;
  throw invalid(
    path,
    `it says that its images are ${whitened ? "" : "normalised and not "}whitened`,
    `Give \`space\` ${whitened ? "zca" : "normalized"} where it is evaluated, or the run that it was exported from.`,
  );
}

/** Images as float32 NCHW, in the numbers of the file. */
function pixelsOf(
  path: string,
  { dtype, shape, data }: NpyArray,
  like: ForeignSetOptions["like"],
): { values: Float32Array; bytes: boolean } {
  if (dtype !== "f4" && dtype !== "f8" && dtype !== "u1")
    throw invalid(path, `its images are of ${dtype}, neither floats nor bytes`);
  const [channels, height, width] = like.shape;
  // Five axes: the images of a class, class by class.
  const grouped = shape.length === 5 && shape[0] === like.classNames.length;
  const extents = shape.slice(grouped ? 2 : 1).join();
  if (shape.length < 3 || data.length === 0) throw invalid(path, `its images are an array [${shape.join(", ")}]`);
  const first = extents === like.shape.join() || (channels === 1 && extents === `${height},${width}`);
  const last = extents === [height, width, channels].join();
  if (!first && !last) throw otherShape(path, shape.slice(1), like);
  const values = Float32Array.from(data as Float32Array);
  return { values: first ? values : toPlanes(values, channels, height * width), bytes: dtype === "u1" };
}

function toPlanes(values: Float32Array, channels: number, area: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let at = 0; at < values.length; at += channels * area) {
    for (let i = 0; i < area; i++)
      for (let c = 0; c < channels; c++) out[at + c * area + i] = values[at + i * channels + c];
  }
  return out;
}

function normalize(
  path: string,
  values: Float32Array,
  most: 1 | 255,
  [channels, height, width]: ImageSet["shape"],
  { normalization: { mean, std } }: Preprocessing,
): void {
  for (let i = 0; i < values.length; i++) {
    const c = Math.floor(i / (height * width)) % channels;
    if (!(values[i] >= 0 && values[i] <= most)) {
      throw invalid(
        path,
        `it holds ${values[i]}, and pixels lie in [0, 1] or [0, 255]`,
        "Give `space` as normalized or zca, or write bytes.",
      );
    }
    values[i] = (values[i] / most - mean[c]) / std[c];
  }
}

interface Labels {
  readonly labels: Uint16Array;
  readonly soft: Float32Array | undefined;
  readonly note?: string;
  readonly warning?: string;
}

function labelsOf(path: string, given: NpyArray | undefined, count: number, classNames: readonly string[]): Labels {
  const classes = classNames.length;
  if (given === undefined) {
    const each = count / classes;
    if (!Number.isInteger(each)) {
      const what = `${count} images are not the same number of each of ${classes} classes`;
      throw invalid(path, `it has no labels, and ${what}`);
    }
    const labels = Uint16Array.from({ length: count }, (_, i) => Math.floor(i / each));
    return {
      labels,
      soft: undefined,
      note: `it has no labels: taken to be ${counted(each, "image")} of each class, in their order`,
    };
  }
  const { shape, data, dtype } = given;
  if (shape.length === 2 && shape[0] === count && shape[1] === classes) {
    const rows = Float32Array.from(data as ArrayLike<number | bigint>, Number);
    const soft = softLabelsOf(path, rows, count, classes);
    if (dtype === "f4" || dtype === "f8") return soft;
    return { labels: soft.labels, soft: undefined, note: "its labels are one-hot" };
  }
  // Of images that lie class by class, labels may do so too.
  const grouped = shape.length === 2 && shape[0] === classes && shape[1] > 1;
  if (data.length !== count || !(shape[0] === count || grouped)) {
    throw invalid(path, `its labels are an array [${shape.join(", ")}] for ${counted(count, "image")}`);
  }
  const labels = Uint16Array.from({ length: count }, (_, i) => {
    const label = Number(data[i]);
    if (Number.isInteger(label) && label >= 0 && label < classes) return label;
    throw invalid(path, `the label of image ${i} is ${label}, and there are classes 0 to ${classes - 1}`, OTHER_DATA);
  });
  return { labels, soft: undefined };
}

/** Rows of logits that differ by no more, such as learned one-hot rows, become nearly even by a softmax. */
const NEARLY_EVEN = 1.5;

/**
 * Rows that are not probabilities are probabilities less their mean, as KIP and FRePo store them, or else logits. The
 * hard label is the largest.
 */
function softLabelsOf(path: string, rows: Float32Array, count: number, classes: number): Labels {
  if (!rows.every(Number.isFinite)) throw invalid(path, "its soft labels are not all finite numbers");
  const raised = rows.map((value) => value + 1 / classes);
  const centred = areProbabilities(raised.map(cleared), classes);
  const probabilities = centred || areProbabilities(rows, classes);
  const labels = Uint16Array.from({ length: count }, (_, i) => {
    const row = rows.subarray(i * classes, (i + 1) * classes);
    return row.indexOf(row.reduce((a, b) => Math.max(a, b)));
  });
  const kind = centred ? "probabilities less their mean" : probabilities ? "probabilities" : "logits";
  const note = `its soft labels are ${kind}; hard labels are the largest of each`;
  if (centred) return { labels, soft: raised.map(cleared), note };
  if (probabilities) return { labels, soft: rows, note };
  const soft = softmaxRows(rows, classes);
  const spread = meanSpread(rows, classes);
  if (spread > NEARLY_EVEN) return { labels, soft, note };
  const warning =
    `its soft labels are taken for logits, and then say next to nothing: the largest and the smallest of a row ` +
    `differ by ${spread.toFixed(2)}. Were they learned from one-hot rows, store their largest as hard labels.`;
  return { labels, soft, note, warning };
}

/** What rounding has left below 0 is 0. */
function cleared(value: number): number {
  return value < 0 && value > -1e-6 ? 0 : value;
}

/** How far the largest and the smallest of a row are apart, on average. */
function meanSpread(rows: Float32Array, width: number): number {
  let sum = 0;
  for (let at = 0; at < rows.length; at += width) {
    const row = rows.subarray(at, at + width);
    sum += row.reduce((a, b) => Math.max(a, b)) - row.reduce((a, b) => Math.min(a, b));
  }
  return sum / (rows.length / width);
}

function sorted(
  { images, labels, softLabels }: Pick<SyntheticSet, "images" | "labels" | "softLabels">,
  source: string,
  { shape, classNames }: ForeignSetOptions["like"],
  preprocessing: Preprocessing,
): SyntheticSet {
  const order = Array.from(labels.keys()).sort((a, b) => labels[a] - labels[b] || a - b);
  // A teacher's probabilities, or learned ones, may have their largest elsewhere.
  const missing = softLabels === undefined ? classNames.findIndex((_, c) => !labels.includes(c)) : -1;
  if (missing >= 0) {
    const hint = `${OTHER_DATA} A part of the classes has to be put together with the others first.`;
    throw invalid(source, `it has no image of class ${missing} (${classNames[missing]})`, hint);
  }
  const gather = (rows: Float32Array): Float32Array => {
    const width = rows.length / labels.length;
    const out = new Float32Array(rows.length);
    for (const [to, from] of order.entries()) out.set(rows.subarray(from * width, (from + 1) * width), to * width);
    return out;
  };
  return {
    images: gather(images),
    labels: Uint16Array.from(order, (i) => labels[i]),
    ...(softLabels && { softLabels: gather(softLabels) }),
    shape,
    classNames,
    preprocessing,
    provenance: { method: "file", source },
  };
}

const OTHER_DATA = "Name the data set that it was made from, such as cifar100, as `dataset`.";

function otherShape(path: string, shape: readonly number[], like: ForeignSetOptions["like"]): DatadamError {
  return new DatadamError(
    "INVALID_DATA",
    `"${path}" holds images of ${shape.join(" x ")}; ${like.name} has ${like.shape.join(" x ")}`,
    { hint: "Name the data set that it was made from, with the same `size` and `channels`." },
  );
}

function invalid(path: string, what: string, hint?: string): DatadamError {
  return new DatadamError("INVALID_DATA", `"${path}" does not fit: ${what}.`, hint === undefined ? {} : { hint });
}
