// The images and labels of other programs' sets, as the arrays that lie in their files.

import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DatadamError } from "../../errors.ts";
import {
  decodeNpz,
  decodePt,
  decodeSafetensors,
  isNpyArray,
  type NpyArray,
  type PickleValue,
} from "../../formats/index.ts";
import { someOf } from "../../images/index.ts";
import { LIMITS } from "../../limits.ts";
import { readRegularSync, unreadable } from "../../storage/node/index.ts";

export interface ForeignArrays {
  readonly images: NpyArray;
  /** Undefined where the file has none. */
  readonly labels: NpyArray | undefined;
  /** Whether float images are whitened, where the file says so: what `datadam export` wrote does. */
  readonly whitened?: boolean;
  /** What was assumed, for the user to know. */
  readonly notes: readonly string[];
}

type Named = Readonly<Record<string, unknown>>;

/** Names of images and labels; the first pair whose images are there counts. */
const NAMES = [
  ["images", "labels"],
  ["x_train", "y_train"],
  ["train_images", "train_labels"],
  ["image_syn", "label_syn"],
  ["image", "label"],
  ["x", "y"],
  ["data", "labels"],
  ["data", "target"],
] as const;
/** Every name that an array may be looked for by. */
const WANTED = new Set<string>([...NAMES.flat(), "whitened"]);
/** MTT writes two files: images_best.pt and labels_best.pt, or with an iteration for `best`. */
const SEPARATE = /^images(_[^/]*)?\.(pt|pth)$/;

const LAYOUTS =
  "Read are { data: [[images, labels]] } of DC, DM and DataDAM, images_best.pt beside labels_best.pt of MTT, " +
  "a pair of tensors, tensors named images and labels, and one tensor of images in the order of their classes.";

/** Whether a path names arrays rather than image files. */
export function isArrayFile(path: string): boolean {
  return /\.(pt|pth|npz|safetensors)$/i.test(path);
}

/**
 * The files of images in a folder of MTT's, if it is one: the best, or the only one, or the parts of a set, which are
 * numbered from 0 or 1 on. @throws DatadamError INVALID_DATA where they are several sets
 */
export function separateImages(folder: string): readonly string[] {
  const found = readdirSync(folder).filter((name) => SEPARATE.test(name));
  const best = found.find((name) => name.startsWith("images_best."));
  if (best !== undefined || found.length < 2) return [best ?? found].flat().map((name) => join(folder, name));
  const numbers = found.map((name) => Number(/_(\d+)\.\w+$/.exec(name)?.[1] ?? Number.NaN));
  const first = numbers.includes(0) ? 0 : 1;
  const parts = found.map((_, i) => found[numbers.indexOf(first + i)]);
  if (parts.every((name) => name !== undefined)) return parts.map((name) => join(folder, name));
  throw new DatadamError("INVALID_DATA", `"${folder}" holds ${found.length} sets: ${someOf(found.sort())}`, {
    hint: `Name one of them: ${join(folder, found[0])}`,
  });
}

/** The arrays of a file, or of the parts of a set. @throws DatadamError INVALID_DATA, IO, naming the file */
export function readForeignArrays([path, ...rest]: readonly string[]): ForeignArrays {
  const first = readFile(path);
  if (rest.length === 0) return first;
  const parts = [first, ...rest.map(readFile)];
  const names = [path, ...rest].map((one) => basename(one)).join(", ");
  const images = joined(
    dirname(path),
    parts.map(({ images }) => images),
  );
  const labels = parts.map((part) => part.labels);
  const known = labels.filter((one) => one !== undefined);
  if (known.length > 0 && known.length < parts.length) {
    const without = [path, ...rest][labels.indexOf(undefined)];
    throw invalid(without, "it has no labels, and other parts of the set have");
  }
  const notes = [`it is put together of ${parts.length} files: ${names}`, ...(known.length > 0 ? first.notes : [])];
  return { images, labels: known.length === 0 ? undefined : joined(dirname(path), known), notes };
}

/** One array of several, one after the other. */
function joined(path: string, arrays: readonly NpyArray[]): NpyArray {
  const [{ dtype, shape, data }] = arrays;
  for (const other of arrays) {
    if (other.dtype === dtype && other.shape.slice(1).join() === shape.slice(1).join() && shape.length > 0) continue;
    const [one, two] = [arrays[0], other].map((array) => `${array.dtype} [${array.shape.join(", ")}]`);
    throw invalid(path, `its parts do not fit each other: ${one} and ${two}`);
  }
  const out = new (data.constructor as new (length: number) => Float32Array)(
    arrays.reduce((n, a) => n + a.data.length, 0),
  );
  let at = 0;
  for (const array of arrays) {
    out.set(array.data as Float32Array, at);
    at += array.data.length;
  }
  const count = arrays.reduce((sum, array) => sum + array.shape[0], 0);
  return { dtype, shape: [count, ...shape.slice(1)], data: out } as unknown as NpyArray;
}

/** @throws DatadamError INVALID_DATA, IO, naming the file */
function readFile(path: string): ForeignArrays {
  const content = parse(path);
  if (isNpyArray(content as PickleValue)) return withSibling(path, content as NpyArray);
  if (Array.isArray(content)) return pairOf(path, content);
  const named = namedOf(content);
  const { data } = named;
  const stated = whitenedOf(named);
  if (Array.isArray(data)) {
    // One pair for each experiment.
    const pairs = Array.isArray(data[0]) ? data : [data];
    const several = pairs.length > 1 ? [`it holds ${pairs.length} sets; the last one is taken`] : [];
    const { notes, ...pair } = pairOf(path, pairs.at(-1));
    return { ...pair, ...stated, notes: [...several, ...notes] };
  }
  for (const [images, labels] of NAMES) {
    const found = named[images];
    if (isNpyArray(found as PickleValue))
      return { images: found as NpyArray, labels: arrayOr(named[labels]), ...stated, notes: [] };
  }
  const names = someOf(Object.keys(named)) || "nothing that is named";
  throw invalid(path, `it holds ${names}, and no images`);
}

/** What has a name. Other keys of a dict, which may be of any size as text, are left alone. */
function namedOf(content: unknown): Named {
  if (content instanceof Map) return Object.fromEntries([...content].filter(([key]) => typeof key === "string"));
  if (content === null || typeof content !== "object" || content instanceof Uint8Array) return {}; // no names, or many
  return content as Named;
}

/** A truth value in a .pt, an array of one in an .npz, a word in the metadata of a .safetensors. */
function whitenedOf({ whitened }: Named): { whitened?: boolean } {
  const stated = isNpyArray(whitened as PickleValue | undefined) ? Number((whitened as NpyArray).data[0]) : whitened;
  return stated === undefined ? {} : { whitened: stated === true || stated === 1 || stated === "true" };
}

function parse(path: string): unknown {
  const read = <T>(decode: (bytes: Uint8Array) => T): T => {
    try {
      return decode(bytesOf(path));
    } catch (cause) {
      if (!(cause instanceof DatadamError) || cause.code !== "INVALID_DATA") throw cause;
      const hint = cause.hint === undefined ? {} : { hint: cause.hint };
      throw new DatadamError("INVALID_DATA", `"${path}": ${cause.message}`, { cause, ...hint });
    }
  };
  if (/\.npz$/i.test(path)) return read((bytes) => wantedOf(path, bytes));
  if (!/\.safetensors$/i.test(path)) return read((bytes) => decodePt(bytes, { maxBytes: LIMITS.arrayFileBytes }));
  const types: Readonly<Record<string, NpyArray["dtype"]>> = {
    F32: "f4",
    F64: "f8",
    U8: "u1",
    I64: "i8",
    I32: "i4",
    U16: "u2",
  };
  const { tensors, metadata } = read((bytes) => decodeSafetensors(bytes));
  const known = Object.entries(tensors).filter(([, { dtype }]) => dtype in types);
  const arrays = Object.fromEntries(known.map(([name, tensor]) => [name, { ...tensor, dtype: types[tensor.dtype] }]));
  return metadata.whitened === undefined ? arrays : { ...arrays, whitened: metadata.whitened };
}

/** What is wanted of an .npz: the rest is not unpacked. */
function wantedOf(path: string, bytes: Uint8Array): Named {
  const names: string[] = [];
  const want = (name: string): boolean => {
    names.push(name);
    return WANTED.has(name);
  };
  const arrays = decodeNpz(bytes, { maxBytes: LIMITS.arrayFileBytes, want });
  if (!NAMES.some(([images]) => Object.hasOwn(arrays, images))) {
    throw invalid(path, `it holds ${someOf(names) || "nothing"}, and no images`);
  }
  return arrays;
}

function bytesOf(path: string): Uint8Array {
  try {
    return readRegularSync(path, LIMITS.arrayFileBytes);
  } catch (error) {
    throw unreadable(path, error as NodeJS.ErrnoException);
  }
}

function withSibling(path: string, images: NpyArray): ForeignArrays {
  const match = SEPARATE.exec(basename(path));
  const sibling = match === null ? undefined : join(dirname(path), `labels${match[1] ?? ""}.${match[2]}`);
  if (sibling === undefined || !existsSync(sibling)) return { images, labels: undefined, notes: [] };
  const labels = arrayOr(parse(sibling));
  if (labels === undefined) throw invalid(sibling, "it is not a tensor of labels");
  return { images, labels, notes: [`its labels are those of ${basename(sibling)}`] };
}

/** Images and labels; a number behind them, such as a learned learning rate, is left out. */
function pairOf(path: string, pair: unknown): Pick<ForeignArrays, "images" | "labels" | "notes"> {
  const [images, labels, ...rest] = Array.isArray(pair) ? pair : [];
  const [x, y] = [arrayOr(images), arrayOr(labels)];
  const isNumber = typeof rest[0] === "number" || (isNpyArray(rest[0]) && rest[0].data.length === 1);
  if (x === undefined || y === undefined || rest.length > (isNumber ? 1 : 0)) {
    throw invalid(path, "it holds a list that is not a pair of images and labels");
  }
  return { images: x, labels: y, notes: isNumber ? ["the number behind its labels is left out"] : [] };
}

/** An array, or a list of whole numbers as one; else undefined. */
function arrayOr(value: unknown): NpyArray | undefined {
  if (isNpyArray(value as PickleValue | undefined)) return value as NpyArray;
  if (!Array.isArray(value) || value.length === 0 || !value.every((one) => Number.isSafeInteger(one))) return undefined;
  return { dtype: "i4", shape: [value.length], data: Int32Array.from(value as number[]) };
}

function invalid(path: string, what: string): DatadamError {
  return new DatadamError("INVALID_DATA", `"${path}" is not a set that can be read: ${what}.`, { hint: LAYOUTS });
}
