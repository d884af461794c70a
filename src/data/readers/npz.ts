// Data sets in one .npz file: x_train, y_train, x_test, y_test as Keras names them, or train_images, train_labels ...
// as MedMNIST does.

import { DatadamError } from "../../errors.ts";
import { decodeNpz, type NpyArray } from "../../formats/index.ts";
import { someOf } from "../../images/index.ts";
import type { Dataset, ImageSet } from "../../images/types.ts";
import { LIMITS } from "../../limits.ts";
import { channelStatistics, checkMemory, inMemory, sharedBytes, sharedLabels } from "../decode/pixels.ts";
import { splitClasses } from "../layout/split.ts";
import type { ResolvedOptions } from "../options.ts";
import { readRegular, unreadable } from "../regularFile.ts";
import { endsAs, type Reader } from "./reader.ts";

/** The keys of images and labels of each part; the first pair that is there counts. */
const TRAIN_KEYS = [
  ["x_train", "y_train"],
  ["train_images", "train_labels"],
] as const;
const TEST_KEYS = [
  ["x_test", "y_test"],
  ["test_images", "test_labels"],
  ["x_val", "y_val"],
  ["val_images", "val_labels"],
] as const;

type Filled = Pick<ImageSet, "count" | "shape" | "labels" | "pixels">;

const ENDINGS = [".npz"];

export const npz: Reader = {
  about: "an .npz file of x_train and y_train",
  endings: ENDINGS,
  takes: ["split", "flippable"],
  recognises: ({ isFolder, path }) => !isFolder && endsAs(path, ENDINGS),
  load: (name, { path }, options) => loadNpz(name, path, options),
};

/**
 * Images are uint8 of [n, height, width], [n, height, width, channels] or [n, channels, height, width] with 1 or 3
 * channels; labels are integers from 0, [n] or [n, 1]. Classes are named by their labels. A validation part is the test
 * part where there is no other.
 * @throws DatadamError INVALID_DATA, IO
 */
async function loadNpz(name: string, file: string, options: ResolvedOptions): Promise<Dataset> {
  const { arrays, names } = readArrays(file, await read(file, options.maxArchiveBytes), options.maxArchiveBytes);
  const whole = readPart(file, arrays, TRAIN_KEYS);
  if (whole === undefined) {
    const found = someOf(names) || "nothing";
    throw invalid(file, `it holds ${found}, neither x_train and y_train nor train_images and train_labels`);
  }
  const classes = countClasses(file, whole.labels);
  const classNames = Array.from({ length: classes }, (_, c) => String(c));
  const testPart = readPart(file, arrays, TEST_KEYS);
  if (testPart !== undefined) checkTest(file, whole, testPart, classes);
  if (testPart !== undefined && options.split !== undefined) {
    options.onWarning(`"${file}" has a test part of its own, so it was not split.`);
  }
  const [train, test] =
    testPart === undefined && options.split !== undefined
      ? split(whole, classNames, options.split, options.seed)
      : [whole, testPart];
  const common = {
    classNames,
    normalization: channelStatistics(train.pixels, train.shape),
    flippable: options.flippable,
  };
  return {
    name,
    train: inMemory({ name: `${name}/train`, ...common, ...train }),
    test: test && inMemory({ name: `${name}/test`, ...common, ...test }),
  };
}

/** The arrays of images and labels, and the names of all: others are not unpacked. */
function readArrays(
  file: string,
  bytes: Uint8Array,
  maxBytes: number,
): { arrays: Record<string, NpyArray>; names: readonly string[] } {
  const names: string[] = [];
  const wanted = new Set<string>([...TRAIN_KEYS, ...TEST_KEYS].flat());
  const want = (name: string): boolean => {
    names.push(name);
    return wanted.has(name);
  };
  try {
    return { arrays: decodeNpz(bytes, { maxBytes, want }), names };
  } catch (cause) {
    if (cause instanceof DatadamError) throw new DatadamError(cause.code, `"${file}": ${cause.message}`, { cause });
    throw cause;
  }
}

function readPart(
  file: string,
  arrays: Readonly<Record<string, NpyArray>>,
  keys: readonly (readonly [images: string, labels: string])[],
): Filled | undefined {
  const pair = keys.find((names) => names.some((name) => Object.hasOwn(arrays, name)));
  if (pair === undefined) return undefined;
  const missing = pair.filter((name) => !Object.hasOwn(arrays, name));
  if (missing.length > 0) throw invalid(file, `it holds no ${missing[0]}`);
  const [imageKey, labelKey] = pair;
  const images = arrays[imageKey];
  const { shape, channelsLast } = layoutOf(file, imageKey, images);
  const count = images.shape[0];
  const labels = readLabels(file, labelKey, arrays[labelKey], count);
  checkMemory(file, count, shape);
  const pixels = sharedBytes(images.data.length);
  if (channelsLast) toPlanes(images.data as Uint8Array, shape, pixels);
  else pixels.set(images.data as Uint8Array);
  return { count, shape, labels, pixels };
}

function layoutOf(
  file: string,
  key: string,
  { dtype, shape }: NpyArray,
): { shape: ImageSet["shape"]; channelsLast: boolean } {
  const fail = (expected: string) => invalid(file, `${key} is ${dtype} [${shape.join(", ")}], not ${expected}`);
  if (dtype !== "u1") throw fail("uint8 (u1)");
  if ((shape.length !== 3 && shape.length !== 4) || shape.includes(0)) {
    throw fail("[n, height, width] with or without an axis of channels");
  }
  const [, a, b, c] = shape;
  if (shape.length === 3) return { shape: [1, a, b], channelsLast: false };
  const isChannels = (n: number) => n === 1 || n === 3;
  // Where both ends could be channels, images are square.
  const last = isChannels(c) && (!isChannels(a) || a === b);
  const first = isChannels(a) && (!isChannels(c) || b === c);
  if (last === first) throw fail("of 1 or 3 channels, in front or at the end");
  return last ? { shape: [c, a, b], channelsLast: true } : { shape: [a, b, c], channelsLast: false };
}

function readLabels(file: string, key: string, { dtype, shape, data }: NpyArray, count: number): Uint16Array {
  const integers = dtype !== "f4" && dtype !== "f8";
  const flat = shape.length === 1 || (shape.length === 2 && shape[1] === 1);
  if (!integers || !flat || shape[0] !== count) {
    throw invalid(file, `${key} is ${dtype} [${shape.join(", ")}], not one integer for each of ${count} images`);
  }
  const labels = sharedLabels(count);
  for (let i = 0; i < count; i++) {
    if (data[i] < 0 || data[i] >= LIMITS.classes)
      throw invalid(file, `${key}[${i}] is ${data[i]}, which is not a class`);
    labels[i] = Number(data[i]);
  }
  return labels;
}

/** Classes are 0 to the highest label; none may be empty. */
function countClasses(file: string, labels: Uint16Array): number {
  const seen = new Set(labels);
  const classes = Math.max(...seen) + 1;
  for (let c = 0; c < classes; c++) {
    if (!seen.has(c)) throw invalid(file, `no training image has the label ${c}, though ${classes - 1} is one`);
  }
  if (classes < 2) throw invalid(file, "all training images have the label 0; two classes or more are needed");
  return classes;
}

function checkTest(file: string, train: Filled, test: Filled, classes: number): void {
  if (test.shape.join() !== train.shape.join()) {
    throw invalid(
      file,
      `its test images are ${test.shape.join(" x ")}, its training images ${train.shape.join(" x ")}`,
    );
  }
  const wrong = test.labels.findIndex((label) => label >= classes);
  if (wrong >= 0) {
    throw invalid(file, `test image ${wrong} has the label ${test.labels[wrong]}, which no training image has`);
  }
}

function split(whole: Filled, classNames: readonly string[], fraction: number, seed: number): [Filled, Filled] {
  const indices = classNames.map((): string[] => []);
  for (const [i, label] of whole.labels.entries()) indices[label].push(String(i));
  const parts = splitClasses({ classNames, train: indices }, fraction, seed);
  const size = whole.pixels.length / whole.count;
  const pick = (part: readonly (readonly string[])[]): Filled => {
    const chosen = part
      .flat()
      .map(Number)
      .sort((a, b) => a - b);
    const [labels, pixels] = [sharedLabels(chosen.length), sharedBytes(chosen.length * size)];
    for (const [to, from] of chosen.entries()) {
      labels[to] = whole.labels[from];
      pixels.set(whole.pixels.subarray(from * size, (from + 1) * size), to * size);
    }
    return { count: chosen.length, shape: whole.shape, labels, pixels };
  };
  return [pick(parts.train), pick(parts.test)];
}

function toPlanes(interleaved: Uint8Array, [channels, height, width]: ImageSet["shape"], out: Uint8Array): void {
  const plane = height * width;
  for (let at = 0; at < out.length; at += channels * plane) {
    for (let i = 0; i < plane; i++) {
      for (let c = 0; c < channels; c++) out[at + c * plane + i] = interleaved[at + i * channels + c];
    }
  }
}

async function read(file: string, most: number): Promise<Uint8Array> {
  return readRegular(file, most).catch((cause) => {
    throw unreadable(file, cause);
  });
}

function invalid(file: string, what: string): DatadamError {
  return new DatadamError("INVALID_DATA", `"${file}" is not a data set: ${what}.`, {
    hint:
      "An .npz data set holds x_train (uint8, n images), y_train (n integers from 0) and, " +
      "for testing, x_test and y_test.",
  });
}
