// MNIST and the sets published in its format: two IDX files a part, 28 x 28 grey.

import { decodeIdx, type NpyArray } from "../../formats/index.ts";
import type { ImageSet, Normalization, TestedDataset } from "../../images/types.ts";
import { channelStatistics, inMemory, sharedBytes, sharedLabels, transposePlanes } from "../decode/pixels.ts";
import { allFiles } from "./published.ts";
import { damaged, decoded, type FoundFile, type Published } from "./publishedSet.ts";

/** One of the sets. */
export interface MnistLike {
  /** e.g. `fashion-mnist`. */
  readonly name: string;
  readonly title: string;
  readonly url: string;
  /** Folders below the user's place where its files may be. */
  readonly folders: readonly string[];
  readonly classNames: readonly string[];
  /**
   * What stands before `train-images-idx3-ubyte`, and instead of `t10k` before the test files. Default `["", "t10k"]`.
   */
  readonly prefixes?: readonly [files: string, test: string];
  /** The label of the first class. Default 0. */
  readonly firstLabel?: number;
  /** Whether images lie on their side, rows for columns. */
  readonly transposed?: boolean;
  /** Computed on the training images where there are no published constants. */
  readonly normalization?: Normalization;
  readonly flippable?: boolean;
}

const MAX_FILE_BYTES = 2 ** 30; // EMNIST's largest has 547 MB

/**
 * @param dir the folder that holds the four files, gzipped or not, or a folder with it inside, such as that of
 *   `MNIST/raw`
 * @throws DatadamError INVALID_OPTION without `dir`, DATASET_NOT_FOUND where a file is missing, INVALID_DATA where one
 *   is damaged
 */
export async function loadMnist(like: MnistLike, dir: string | undefined, maxBytes: number): Promise<TestedDataset> {
  const [prefix, testName] = like.prefixes ?? ["", "t10k"];
  const filesOf = (part: string) => [`${prefix}${part}-images-idx3-ubyte`, `${prefix}${part}-labels-idx1-ubyte`];
  const published: Published = {
    name: like.name,
    title: like.title,
    files: [...filesOf("train"), ...filesOf(testName)],
    folders: like.folders,
    archives: [],
    gzipped: true,
    alias: (name) => name.replace("-idx", ".idx"), // as 7-Zip unpacks it
    maxFileBytes: MAX_FILE_BYTES,
    hint:
      `Get ${prefix}train-images-idx3-ubyte.gz and its three companions from ${like.url} ` +
      "and name their folder as `dir`.",
  };
  const files = await allFiles(published, dir, maxBytes);
  const part = (name: "train" | "test", of: string) => {
    const [images, labels] = filesOf(of).map((file) => files.get(file)!);
    return readPart(published, like, name, [images, labels], Math.min(maxBytes, MAX_FILE_BYTES));
  };
  const train = part("train", "train");
  const normalization = like.normalization ?? channelStatistics(train.pixels, train.shape);
  return {
    name: like.name,
    train: { ...train, normalization },
    test: { ...part("test", testName), normalization },
  };
}

function readPart(
  published: Published,
  like: MnistLike,
  name: string,
  [imageFile, labelFile]: readonly FoundFile[],
  maxBytes: number,
): Omit<ImageSet, "normalization"> {
  const read = (file: FoundFile) => decoded(published, file, (bytes) => decodeIdx(bytes, { maxBytes }));
  const images = expectArray(published, imageFile, read(imageFile), ["n", 28, 28]);
  const labels = expectArray(published, labelFile, read(labelFile), ["n"]);
  const count = images.length / 784;
  if (labels.length !== count || count === 0) {
    throw damaged(published, `"${labelFile.path}" has ${labels.length} labels for ${count} images.`);
  }
  const set = { labels: sharedLabels(count), pixels: sharedBytes(images.length) };
  set.pixels.set(images);
  if (like.transposed) transposePlanes(set.pixels, 28);
  const { classNames, firstLabel = 0 } = like;
  for (let i = 0; i < count; i++) {
    const label = labels[i] - firstLabel;
    if (label < 0 || label >= classNames.length) {
      const range = `${firstLabel} to ${firstLabel + classNames.length - 1}`;
      throw damaged(published, `"${labelFile.path}": the label of image ${i} is ${labels[i]}, not ${range}.`);
    }
    set.labels[i] = label;
  }
  const flippable = like.flippable ?? false;
  return inMemory({ name: `${like.name}/${name}`, count, shape: [1, 28, 28] as const, classNames, ...set, flippable });
}

function expectArray(
  set: Published,
  { path }: FoundFile,
  array: NpyArray,
  shape: readonly (number | "n")[],
): Uint8Array {
  const fits = array.shape.length === shape.length && shape.every((n, axis) => n === "n" || n === array.shape[axis]);
  if (array.dtype !== "u1" || !fits) {
    throw damaged(set, `"${path}" holds ${array.dtype} [${array.shape.join(", ")}], not u1 [${shape.join(", ")}].`);
  }
  return array.data;
}
