// From bytes to what networks see.

import { DatadamError } from "../errors.ts";
import { type ProductOptions, withMultiply } from "../linalg/index.ts";
import { checkIndex, imageSize } from "./imageSet.ts";
import { byteTables, checkNormalization, normalizeImage } from "./normalize.ts";
import type { ImageSet, PreparedSet, Preprocessing } from "./types.ts";
import { cachedZca, type PrepareCache } from "./whitening/cache.ts";
import { applyZca, checkWhitened, checkZcaOptions, fitZca, type PrepareProgress } from "./whitening/zca.ts";

/** Matrix products (`multiply`, `engine`, `workers`) are for ZCA. */
export interface PrepareWithOptions extends ProductOptions {
  /** Called often, from 0 to 1 in each stage. What it throws ends the work. */
  readonly onProgress?: PrepareProgress | undefined;
}

export interface PrepareOptions extends PrepareWithOptions {
  /** Whitening, fitted on the set. The usual `eps` is 0.1, of normalised pixels. */
  readonly zca: false | { readonly eps: number };
  /** Keeps fitted whitening. Default: none. */
  readonly cache?: PrepareCache | undefined;
}

/**
 * Normalises a training set and, where asked, fits ZCA on it and whitens it. Without ZCA this costs nothing: images are
 * normalised as they are read. With ZCA the whitened set is held as float32 (614 MB for CIFAR-10) in shared memory.
 *
 * @throws DatadamError `INVALID_OPTION` or `INVALID_DATA`, see {@link fitZca}
 */
export async function prepare(set: ImageSet, options: PrepareOptions): Promise<PreparedSet> {
  checkSet(set);
  const { normalization } = set;
  const { zca: wanted, cache, onProgress } = options;
  if (!wanted) return prepared(set, { normalization, zca: undefined }, undefined);
  checkZcaOptions(set, wanted.eps);
  const d = imageSize(set);
  return withMultiply((2 * set.count + 20 * d) * d * d, options, async (multiply) => {
    const zca = await cachedZca(cache, set, wanted.eps, () => fitZca(set, wanted.eps, multiply, onProgress));
    return prepared(set, { normalization, zca }, await applyZca(set, normalization, zca, multiply, onProgress));
  });
}

/**
 * Prepares a set as another one was: a test set with the training set's normalisation and whitening.
 *
 * @throws DatadamError `INVALID_DATA` where the preprocessing is of images of another shape.
 */
export async function prepareWith(
  preprocessing: Preprocessing,
  set: ImageSet,
  options: PrepareWithOptions = {},
): Promise<PreparedSet> {
  checkSet(set);
  const { normalization, zca } = preprocessing;
  checkNormalization(normalization, set.shape[0], set.name);
  if (!zca) return prepared(set, preprocessing, undefined);
  const d = imageSize(set);
  if (zca.mean.length !== d) {
    throw new DatadamError(
      "INVALID_DATA",
      `The whitening is of images of ${zca.mean.length} numbers; ${set.name} has ${set.shape.join("x")} = ${d}.`,
      { hint: "Load both sets with the same size and channels." },
    );
  }
  checkWhitened(set);
  return withMultiply(set.count * d * d, options, async (multiply) =>
    prepared(set, preprocessing, await applyZca(set, normalization, zca, multiply, options.onProgress)),
  );
}

function checkSet(set: ImageSet): void {
  checkNormalization(set.normalization, set.shape[0], set.name);
  const { name, count, labels, shape } = set;
  const last = count > 0 ? set.image(count - 1).length : imageSize(set); // short where `pixels` are
  if (labels.length !== count || last !== imageSize(set)) {
    const found = `${labels.length} labels and a last image of ${last} bytes`;
    throw new RangeError(`${name}: ${found} are not ${count} images of ${shape.join("x")}`);
  }
}

function prepared(set: ImageSet, preprocessing: Preprocessing, whitened: Float32Array | undefined): PreparedSet {
  const { name, count, shape, classNames, labels, flippable } = set;
  const d = imageSize(set);
  const tables = byteTables(preprocessing.normalization);
  const read = (indices: ArrayLike<number>, out = new Float32Array(indices.length * d)): Float32Array => {
    if (out.length !== indices.length * d) {
      throw new RangeError(`out holds ${out.length} numbers; ${indices.length} images need ${indices.length * d}`);
    }
    for (let i = 0; i < indices.length; i++) {
      const index = indices[i];
      checkIndex(set, index);
      if (whitened) out.set(whitened.subarray(index * d, (index + 1) * d), i * d);
      else normalizeImage(set.image(index), shape[1] * shape[2], tables, out, i * d);
    }
    return out;
  };
  return { name, count, shape, classNames, labels, preprocessing, flippable, read };
}
