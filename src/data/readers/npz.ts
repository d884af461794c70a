// Data sets in one .npz file: x_train, y_train, x_test, y_test as Keras names them, train_images, train_labels ... as
// MedMNIST does, X and y, and other names.

import { DatadamError } from "../../errors.ts";
import { type NpzContents, readNpz } from "../../formats/index.ts";
import type { Dataset, ImageSet } from "../../images/types.ts";
import { readRegular, unreadable } from "../../storage/node/index.ts";
import { channelStatistics, checkMemory, inMemory, sharedBytes, sharedLabels } from "../decode/pixels.ts";
import { rolesOf } from "../layout/parts.ts";
import { shareOf, splitClasses } from "../layout/split.ts";
import type { PartName } from "../layout/words.ts";
import type { ResolvedOptions } from "../options.ts";
import {
  classesOf,
  invalid,
  isWanted,
  labelsOf,
  numbers,
  type Pair,
  pairsOf,
  pixelsOf,
  type Scale,
  scaleOf,
  shapeOf,
} from "./npzArrays.ts";
import { endsAs, type Reader } from "./reader.ts";

type Filled = Pick<ImageSet, "count" | "shape" | "labels" | "pixels">;

const ENDINGS = [".npz"];
const PARTS = ["train", "val", "test"] as const;

export const npz: Reader = {
  about: "an .npz file of x_train and y_train",
  endings: ENDINGS,
  takes: ["split", "valPart", "flippable"],
  recognises: ({ isFolder, path }) => !isFolder && endsAs(path, ENDINGS),
  load: (name, { path }, options) => loadNpz(name, path, options),
};

/**
 * Images are [n, height, width], [n, height, width, channels] or [n, channels, height, width] with 1 or 3 channels, as
 * whole numbers from 0 to 255, bool, or floats from 0 to 1 or to 255; labels are integers, texts or one-hot rows. See
 * {@link pairsOf} for the names of arrays. Classes are named by their labels.
 * @throws DatadamError INVALID_DATA, IO
 */
async function loadNpz(name: string, file: string, options: ResolvedOptions): Promise<Dataset> {
  const contents = contentsOf(file, await read(file, options.maxArchiveBytes), options.maxArchiveBytes);
  const pairs = pairsOf(file, contents);
  const counts = { train: 0, val: 0, test: 0 };
  for (const [part, { images }] of pairs) counts[part] = numbers(file, contents, images).shape[0] ?? 0;
  const roles = rolesOf(file, counts, options);
  const first = pairs.get("train")!;
  shapeOf(file, first.images, numbers(file, contents, first.images));
  const scale = scaleOf(file, first.images, numbers(file, contents, first.images));
  const labels = new Map([...pairs].map(([part, pair]) => [part, labelsOf(file, pair.labels, contents, counts[part])]));
  const used = (role: "train" | "test") => PARTS.filter((part) => pairs.has(part) && roles[part] === role);
  const classNames = classesOf(file, used("train").flatMap((part) => labels.get(part)!)); // biome-ignore format: short
  const filled = (part: PartName) => fill(file, contents, part, pairs.get(part)!, labels.get(part)!, scale, classNames);
  const whole = joined(file, used("train").map(filled)); // biome-ignore format: short
  const tested = used("test").map(filled);
  const testPart = tested.length === 0 ? undefined : joined(file, tested);
  if (testPart !== undefined && testPart.shape.join() !== whole.shape.join()) {
    throw invalid(
      file,
      `its test images are ${testPart.shape.join(" x ")}, its training images ${whole.shape.join(" x ")}`,
    );
  }
  if (scale === 255 || first.images.startsWith("arr_")) {
    const what = scale === 255 ? ", its values from 0 to 1 times 255" : ` and ${first.labels} as labels`;
    options.onWarning(`"${file}": ${first.images} is read as pixels${what}`);
  }
  if (testPart !== undefined && options.split !== undefined) {
    options.onWarning(`"${file}" has a test part of its own, so it was not split.`);
  }
  const perClass = classNames.map((_, c) => whole.labels.reduce((sum, label) => sum + (label === c ? 1 : 0), 0));
  const share = testPart === undefined ? shareOf(options, file, classNames, perClass) : undefined;
  const [train, test] = share === undefined ? [whole, testPart] : split(whole, classNames, share, options.seed);
  const common = {
    classNames,
    normalization: channelStatistics(train.pixels, train.shape),
    flippable: options.flippable,
  };
  return {
    name,
    train: inMemory({ name: `${name}/train`, ...common, ...train }),
    test: test && inMemory({ name: `${name}/test`, ...common, ...test }),
    ...(share !== undefined && { split: share }),
  };
}

function contentsOf(file: string, bytes: Uint8Array, maxBytes: number): NpzContents {
  try {
    return readNpz(bytes, { maxBytes, want: isWanted });
  } catch (cause) {
    if (cause instanceof DatadamError) throw new DatadamError(cause.code, `"${file}": ${cause.message}`, { cause });
    throw cause;
  }
}

function fill(
  file: string,
  contents: NpzContents,
  part: PartName,
  pair: Pair,
  names: readonly string[],
  scale: Scale,
  classNames: readonly string[],
): Filled {
  const images = numbers(file, contents, pair.images);
  const { shape, channelsLast } = shapeOf(file, pair.images, images);
  const count = images.shape[0];
  checkMemory(file, count, shape);
  const classOf = new Map(classNames.map((name, c) => [name, c]));
  const labels = sharedLabels(count);
  for (const [i, name] of names.entries()) {
    const c = classOf.get(name);
    if (c === undefined) throw invalid(file, `${part} image ${i} has the label ${name}, which no training image has`);
    labels[i] = c;
  }
  const bytes = pixelsOf(file, pair.images, images, scale);
  const pixels = sharedBytes(bytes.length);
  if (channelsLast) toPlanes(bytes, shape, pixels);
  else pixels.set(bytes);
  return { count, shape, labels, pixels };
}

/** Parts one after the other. */
function joined(file: string, parts: readonly Filled[]): Filled {
  if (parts.length === 1) return parts[0];
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const { shape } = parts[0];
  if (parts.some((part) => part.shape.join() !== shape.join()))
    throw invalid(file, "its parts have images of different shapes");
  const size = shape[0] * shape[1] * shape[2];
  const [labels, pixels] = [sharedLabels(count), sharedBytes(count * size)];
  let at = 0;
  for (const part of parts) {
    labels.set(part.labels, at);
    pixels.set(part.pixels, at * size);
    at += part.count;
  }
  return { count, shape, labels, pixels };
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
