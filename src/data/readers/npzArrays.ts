// Which arrays of a .npz file are images and labels of which part, by the names that people give them; and their
// values as pixels and labels.

import { DatadamError } from "../../errors.ts";
import type { NpyArray, NpzContents } from "../../formats/index.ts";
import { someOf } from "../../images/index.ts";
import type { ImageSet } from "../../images/types.ts";
import { LIMITS } from "../../limits.ts";
import { sortedClasses } from "../layout/classNames.ts";
import { type PartName, partOf } from "../layout/words.ts";

/** The names of the arrays of a part. */
export interface Pair {
  readonly images: string;
  readonly labels: string;
}

/** How numbers become bytes: by what they are multiplied. */
export type Scale = 1 | 255;

const IMAGE_KEYS = ["x", "images", "image", "imgs", "img", "data", "samples", "inputs", "features", "pictures"];
const LABEL_KEYS = ["y", "labels", "label", "targets", "target", "classes", "class", "cls", "lbls"];
const BESIDE = ["set", "data", "arr", "array"];

/**
 * The arrays of each part: `x_train` and `y_train`, `test_images` and `test_labels`, `X` and `y`, `arr_0` and `arr_1`.
 * @throws DatadamError INVALID_DATA where a part has images without labels, or the reverse, or no part has both
 */
export function pairsOf(file: string, contents: NpzContents): ReadonlyMap<PartName, Pair> {
  const { names } = contents;
  const found = new Map<string, Partial<Record<"images" | "labels", string>>>();
  for (const name of names) {
    const kind = kindOf(name);
    const part = partOf(name) ?? "whole";
    const pair = found.get(part) ?? {};
    if (kind === undefined || (pair[kind] !== undefined && rank(pair[kind]) <= rank(name))) continue;
    found.set(part, { ...pair, [kind]: name });
  }
  if (found.has("train")) found.delete("whole");
  if (found.size === 0 && names.length === 2 && names.every((name) => /^arr_[01]$/.test(name))) {
    found.set("whole", { images: "arr_0", labels: "arr_1" });
  }
  const pairs = new Map<PartName, Pair>();
  for (const [part, { images, labels }] of found) {
    if (images === undefined || labels === undefined) {
      const there = images ?? labels!;
      const kind = images === undefined ? "images" : "labels";
      throw invalid(file, `it holds no ${otherOf(there, kind)}, the ${kind} to ${there}`);
    }
    pairs.set(part === "whole" ? "train" : (part as PartName), { images, labels });
  }
  if (pairs.has("train")) return pairs;
  const some = someOf(names) || "nothing";
  throw invalid(file, `it holds ${some}, neither x_train and y_train nor train_images and train_labels`);
}

/** Whether an array may be one of images or labels. */
export function isWanted(name: string): boolean {
  return kindOf(name) !== undefined || /^arr_[01]$/.test(name);
}

/** @throws DatadamError INVALID_DATA where the array holds texts */
export function numbers(file: string, { arrays }: NpzContents, name: string): NpyArray {
  if (arrays[name] !== undefined) return arrays[name];
  throw invalid(file, `${name} holds texts, not numbers`);
}

/**
 * By what the numbers of an array are multiplied to be pixels: those from 0 to 1 by 255.
 * @throws DatadamError INVALID_DATA where they are no pixels
 */
export function scaleOf(file: string, name: string, { dtype, data, shape, isBool }: NpyArray): Scale {
  if (dtype === "u1") return isBool ? 255 : 1;
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    const number = Number(value);
    if (!(number >= least)) least = number;
    if (!(number <= most)) most = number;
    if (Number.isNaN(number)) break;
  }
  if (least >= 0 && most <= 255) return (dtype === "f4" || dtype === "f8") && most <= 1 ? 255 : 1;
  const what =
    Number.isNaN(least) || Number.isNaN(most) ? "with values that are no numbers" : `from ${least} to ${most}`;
  throw invalid(
    file,
    `${name} is ${dtype} [${shape.join(", ")}] ${what}, neither pixels from 0 to 255 (uint8) nor from 0 to 1; ` +
      "save the images before they are normalised",
  );
}

/** The pixels as bytes. @throws DatadamError INVALID_DATA where one is outside of 0 to 255 */
export function pixelsOf(file: string, name: string, { dtype, data, isBool }: NpyArray, scale: Scale): Uint8Array {
  if (dtype === "u1" && !isBool) return data as Uint8Array;
  const out = new Uint8Array(data.length);
  for (let i = 0; i < out.length; i++) {
    const value = Math.round(Number(data[i]) * scale);
    if (!(value >= 0 && value <= 255))
      throw invalid(file, `${name} holds ${data[i]}, which the training images rule out`);
    out[i] = value;
  }
  return out;
}

/** The shape of an image, and where its channels stand. @throws DatadamError INVALID_DATA */
export function shapeOf(
  file: string,
  key: string,
  { dtype, shape }: NpyArray,
): { readonly shape: ImageSet["shape"]; readonly channelsLast: boolean } {
  const fail = (expected: string) => invalid(file, `${key} is ${dtype} [${shape.join(", ")}], not ${expected}`);
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

/**
 * The name of the class of each image: texts, whole numbers of any type, or rows with a single 1 (one-hot).
 * @throws DatadamError INVALID_DATA where it is none of these, or not one for each of `count` images
 */
export function labelsOf(file: string, name: string, contents: NpzContents, count: number): string[] {
  const texts = contents.texts[name];
  const { dtype, shape, data, isBool } =
    texts === undefined ? numbers(file, contents, name) : { ...texts, dtype: "text", data: texts.texts, isBool: false };
  const flat = shape.length === 1 || (shape.length === 2 && shape[1] === 1);
  const hot =
    shape.length === 2 && shape[1] > 1 && texts === undefined
      ? hotIndices(data as NpyArray["data"], shape[1])
      : undefined;
  if (shape[0] !== count || !(flat || hot !== undefined)) {
    throw invalid(file, `${name} is ${dtype} [${shape.join(", ")}], not one integer for each of ${count} images`);
  }
  if (hot !== undefined) return hot.map(String);
  return Array.from(data as ArrayLike<unknown>, (value, i) => {
    if (texts !== undefined) return String(value).normalize("NFC");
    const number = Number(value);
    if (!Number.isInteger(number) || number < 0 || number >= LIMITS.classes) {
      throw invalid(file, `${name}[${i}] is ${value}, which is not a class`);
    }
    return isBool ? String(number === 1) : String(number);
  });
}

/**
 * The classes of the training labels. Numbers begin at 0 or another number and leave out none.
 * @throws DatadamError INVALID_DATA where there is a gap, or one class
 */
export function classesOf(file: string, labels: readonly string[]): string[] {
  const names = sortedClasses(labels);
  const gap = names.findIndex((name, i) => i > 0 && /^\d+$/.test(name) && Number(name) !== Number(names[i - 1]) + 1);
  if (gap > 0 && names.every((name) => /^\d+$/.test(name))) {
    throw invalid(file, `no training image has the label ${Number(names[gap - 1]) + 1}, though ${names.at(-1)} is one`);
  }
  if (names.length < 2) {
    throw invalid(file, `all training images have the label ${names[0]}; two classes or more are needed`);
  }
  return names;
}

export function invalid(file: string, what: string): DatadamError {
  return new DatadamError("INVALID_DATA", `"${file}" is not a data set: ${what}.`, {
    hint:
      "An .npz data set holds x_train (pixels of n images), y_train (n integers from 0, texts or one-hot rows) and, " +
      "for testing, x_test and y_test.",
  });
}

/** The place of the 1 in each row of `width` numbers; undefined where a row is otherwise. */
function hotIndices(data: NpyArray["data"], width: number): number[] | undefined {
  const found: number[] = [];
  for (let at = 0; at < data.length; at += width) {
    let hot = -1;
    for (let i = 0; i < width; i++) {
      const value = Number(data[at + i]);
      if (value === 0) continue;
      if (value !== 1 || hot >= 0) return undefined;
      hot = i;
    }
    if (hot < 0) return undefined;
    found.push(hot);
  }
  return found;
}

function kindOf(name: string): "images" | "labels" | undefined {
  const words = wordsOf(name);
  if (words.some((word) => LABEL_KEYS.includes(word))) {
    return words.every((word) => LABEL_KEYS.includes(word) || BESIDE.includes(word)) ? "labels" : undefined;
  }
  const images = words.length > 0 && words.every((word) => IMAGE_KEYS.includes(word) || BESIDE.includes(word));
  return images && words.some((word) => IMAGE_KEYS.includes(word)) ? "images" : undefined;
}

/** How usual a name is: less is more. */
function rank(name: string): number {
  const list = [...IMAGE_KEYS, ...LABEL_KEYS];
  return Math.min(...wordsOf(name).map((word) => (list.includes(word) ? list.indexOf(word) : list.length)));
}

/** The words of a name but those of parts. */
function wordsOf(name: string): string[] {
  const words = name
    .replace(/(\p{Ll})(?=\p{Lu})/gu, "$1 ")
    .toLowerCase()
    .split(/[^\p{L}]+/u);
  return words.filter((word) => word !== "" && partOf(word) === undefined);
}

/** What the array beside another would be called. */
function otherOf(name: string, kind: "images" | "labels"): string {
  const [from, to] = kind === "labels" ? [IMAGE_KEYS, ["y", "labels"]] : [LABEL_KEYS, ["x", "images"]];
  return name.replace(/\p{L}+/gu, (word) => {
    if (!from.includes(word.toLowerCase())) return word;
    return word.length === 1 ? to[0] : to[1];
  });
}
