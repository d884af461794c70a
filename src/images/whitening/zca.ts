// ZCA whitening: fitting it on a training set and applying it to any.

import { DatadamError } from "../../errors.ts";
import { allocate, type Multiply, squareRoots } from "../../linalg/index.ts";
import { imageSize } from "../imageSet.ts";
import { byteTables, normalizeImage } from "../normalize.ts";
import type { ImageSet, Normalization, Zca } from "../types.ts";
import { moments } from "./covariance.ts";

/** 3 x 64 x 64: its matrices of 1.2 GB and minutes of work are the most that is sensible. */
const MAX_DIMENSION = 12_288;
/** The most memory that whitened images may take, in bytes: they are not kept on the disk. */
const MAX_WHITENED = 8 * 2 ** 30;
/** Images in one product, and products asked for at once: enough to keep every worker busy. */
const CHUNK = 1024;
const LANES = 8;

/** `covariance` and `root` belong to fitting, `whiten` to applying. `done` goes from 0 to 1 in each. */
export type PrepareStage = "covariance" | "root" | "whiten";
export type PrepareProgress = (stage: PrepareStage, done: number) => void;

/**
 * Fits ZCA on a set's normalised images: with their covariance `C` (unbiased), `whiten = (C + eps I)^(-1/2)` and
 * `unwhiten = (C + eps I)^(1/2)`, in float64, stored as float32.
 *
 * Cost for `n` images of `d` numbers: about `(n + 20 d) d²` multiply-adds, and `5 d²` float64 of memory.
 *
 * @throws DatadamError `INVALID_OPTION` for an `eps` that is not above 0, or images above 64 x 64 pixels of 3 channels;
 * `INVALID_DATA` for fewer than 2 images.
 */
export async function fitZca(
  set: ImageSet,
  eps: number,
  multiply: Multiply,
  onProgress: PrepareProgress = () => {},
): Promise<Zca> {
  checkZcaOptions(set, eps);
  const d = imageSize(set);
  onProgress("covariance", 0);
  const { mean, covariance } = await moments(set, multiply, (done) => onProgress("covariance", done));
  for (let i = 0; i < d; i++) covariance[i * d + i] += eps;
  onProgress("root", 0);
  const roots = await squareRoots(covariance, d, eps, multiply, (done) => onProgress("root", done));
  const stored = (matrix: Float64Array): Float32Array => {
    const out = allocate(Float32Array, matrix.length);
    out.set(matrix);
    return out;
  };
  onProgress("root", 1);
  return { eps, mean: Float32Array.from(mean), whiten: stored(roots.inverseRoot), unwhiten: stored(roots.root) };
}

/** What {@link fitZca} throws, before any work. */
export function checkZcaOptions(set: ImageSet, eps: number): void {
  if (!(Number.isFinite(eps) && eps > 0)) {
    throw new DatadamError("INVALID_OPTION", `ZCA eps must be above 0, not ${eps}.`, {
      hint: "The usual value is 0.1.",
    });
  }
  if (set.count < 2) {
    throw new DatadamError("INVALID_DATA", `ZCA needs 2 images or more; ${set.name} has ${set.count}.`);
  }
  const d = imageSize(set);
  if (d > MAX_DIMENSION) {
    const gigabytes = Math.round((5 * 8 * d * d) / 1e9);
    throw new DatadamError(
      "INVALID_OPTION",
      `ZCA of ${set.shape.join("x")} images (${set.name}) would need ${gigabytes} GB: at most 3x64x64 is supported.`,
      { hint: "Turn ZCA off, or make the images smaller." },
    );
  }
  checkWhitened(set);
}

/** @throws DatadamError INVALID_OPTION where the whitened images would not fit into memory */
export function checkWhitened(set: ImageSet): void {
  const bytes = 4 * set.count * imageSize(set);
  if (bytes <= MAX_WHITENED) return;
  throw new DatadamError(
    "INVALID_OPTION",
    `The whitened images of ${set.name} would take ${Math.round(bytes / 2 ** 30)} GiB of memory; the limit is 8 GiB.`,
    { hint: "Turn ZCA off: without it images are read from the disk as they are needed." },
  );
}

/** `(x - mean) whiten` of every normalised image `x` of the set: float32 `[count, d]`, in shared memory. */
export async function applyZca(
  set: ImageSet,
  normalization: Normalization,
  zca: Zca,
  multiply: Multiply,
  onProgress: PrepareProgress = () => {},
): Promise<Float32Array> {
  const area = set.shape[1] * set.shape[2];
  const [n, d] = [set.count, set.shape[0] * area];
  const tables = byteTables(normalization);
  const out = allocate(Float32Array, n * d);
  const whiten = allocate(Float32Array, d * d); // a loaded matrix is not in shared memory
  whiten.set(zca.whiten);
  let done = 0;
  const chunk = async (start: number): Promise<void> => {
    const count = Math.min(CHUNK, n - start);
    const centred = allocate(Float32Array, count * d);
    for (let i = 0; i < count; i++) {
      normalizeImage(set.image(start + i), area, tables, centred, i * d);
      for (let j = 0; j < d; j++) centred[i * d + j] -= zca.mean[j];
    }
    out.set(await multiply(centred, whiten, count, d, d), start * d);
    done += count;
    onProgress("whiten", done / n);
  };
  onProgress("whiten", 0);
  for (let start = 0; start < n; start += CHUNK * LANES) {
    const starts = Array.from({ length: LANES }, (_, lane) => start + lane * CHUNK).filter((at) => at < n);
    await Promise.all(starts.map(chunk));
  }
  return out;
}
