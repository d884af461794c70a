// synthetic.safetensors in a folder of the disk.

import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatadamError } from "../errors.ts";
import { sameMatrices } from "../images/index.ts";
import type { Preprocessing, SyntheticSet } from "../images/types.ts";
import { makeFolder, readIfThere, writeAtomic } from "../storage/node/index.ts";
import {
  decodePreprocessing,
  encodePreprocessing,
  encodeSyntheticSet,
  isSyntheticSet,
  openSyntheticSet,
  PREPROCESSING_FILE,
  SYNTHETIC_FILE,
} from "./codec.ts";

/**
 * Writes `synthetic.safetensors` into a folder (made where it is missing), with its ZCA matrices beside it where it has
 * some that are not there yet.
 *
 * @throws DatadamError INVALID_OPTION where the matrices of another whitening are there, INVALID_DATA where its
 * arrays do not fit each other, IO
 */
export function writeSyntheticSet(folder: string, set: SyntheticSet): void {
  makeFolder(folder);
  const matrices = join(folder, PREPROCESSING_FILE);
  const { zca } = set.preprocessing;
  if (zca !== undefined) {
    const there = readPreprocessing(matrices)?.zca;
    if (there === undefined) writePreprocessing(matrices, set.preprocessing);
    else if (there.eps !== zca.eps || !sameMatrices(there, zca)) {
      throw new DatadamError("INVALID_OPTION", `${matrices} holds the whitening of another set`, {
        hint: "Write the set into a folder of its own.",
      });
    }
  }
  writeAtomic(join(folder, SYNTHETIC_FILE), encodeSyntheticSet(set));
}

/** Writes normalisation and ZCA matrices as safetensors. */
function writePreprocessing(path: string, preprocessing: Preprocessing): void {
  writeAtomic(path, encodePreprocessing(preprocessing));
}

/** Reads what {@link writePreprocessing} wrote, or undefined where there is no such file. */
function readPreprocessing(path: string): Preprocessing | undefined {
  const bytes = readIfThere(path);
  return bytes && decodePreprocessing(bytes, path);
}

/**
 * Reads a distilled set.
 *
 * @param source a run directory, or the safetensors file itself.
 * @throws DatadamError RUN_NOT_FOUND, INVALID_RUN
 */
export function readSyntheticSet(source: string): SyntheticSet {
  const path = statSync(source, { throwIfNoEntry: false })?.isDirectory() ? join(source, SYNTHETIC_FILE) : source;
  const bytes = readIfThere(path);
  if (bytes === undefined) {
    throw new DatadamError("RUN_NOT_FOUND", `No distilled set at ${path}`, {
      hint: "Give the folder of a finished run, or resume the run until it is finished.",
    });
  }
  if (path === source && !path.endsWith(".safetensors")) {
    throw new DatadamError("INVALID_RUN", `${path} is neither the folder of a run nor its ${SYNTHETIC_FILE}`, {
      hint:
        "A set of another program can be evaluated, with its `dataset` named, or be the `initial` set " +
        "of a distillation.",
    });
  }
  const file = openSyntheticSet(bytes, path);
  return file.decode(file.whitened ? readPreprocessing(join(dirname(path), PREPROCESSING_FILE)) : undefined);
}

/** Whether a file is one that {@link writeSyntheticSet} wrote. */
export function holdsSyntheticSet(path: string): boolean {
  if (!path.endsWith(".safetensors")) return false;
  const bytes = readIfThere(path);
  return bytes !== undefined && isSyntheticSet(bytes);
}
