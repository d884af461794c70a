// synthetic.safetensors: the distilled set with what is needed to use it. Bytes depend on configuration and seed only.

import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { configKeys, METHOD_NAMES, parseConfig } from "../distill/config/index.ts";
import { DatadamError } from "../errors.ts";
import { decodeSafetensors, encodeSafetensors, type Tensor } from "../formats/index.ts";
import {
  areProbabilities,
  assertWholeSet,
  factorFault,
  preprocessingFromTensors,
  preprocessingToTensors,
  sameMatrices,
} from "../images/index.ts";
import type { Normalization, Preprocessing, SyntheticSet } from "../images/types.ts";
import { SELECT_METHODS } from "../select/names.ts";
import { makeFolder, readIfThere, writeAtomic } from "./files.ts";
import { canonicalJson, withLaterKeys } from "./hash.ts";

const FORMAT = "datadam-synthetic/1";

export const SYNTHETIC_FILE: string = "synthetic.safetensors";
export const PREPROCESSING_FILE: string = "preprocessing.safetensors";

/** How a set was chosen, where it was not distilled. */
const SELECTION = ["method", "features", "featuresNetwork", "parameters", "trained", "epochs"] as const;

/** Facts of the configuration that a reader wants without parsing it. */
const FLAT = ["norm", "power", "lambda", "scale", "width", "depth"] as const;

/** Whether a method is one of choosing images, not of distilling them. */
function isChosen(method: unknown): boolean {
  return (SELECT_METHODS as readonly unknown[]).includes(method);
}

/** Whether a method is a user's own: of its keys nothing is known. */
function isForeign(method: unknown): method is string {
  return typeof method === "string" && !isChosen(method) && !(METHOD_NAMES as readonly string[]).includes(method);
}

/** The keys of a provenance that are a configuration. A selection has only those that all methods have. */
function configOf(provenance: SyntheticSet["provenance"]): Readonly<Record<string, unknown>> {
  const chosen = isChosen(provenance.method);
  const known = configKeys().filter(({ key, methods }) => !(chosen && (key === "method" || methods !== undefined)));
  const keys = isForeign(provenance.method)
    ? Object.keys(provenance).filter((key) => !["dataset", "preset", "iteration"].includes(key))
    : known.map(({ key }) => key).filter((key) => key in provenance);
  return Object.fromEntries(keys.map((key) => [key, provenance[key]]));
}

/**
 * The set as safetensors: `images` F32 [n, c, h, w], `labels` I64 [n], where it has them `soft_labels` F32 [n, classes], metadata as strings. No time, version or path is in
 * it. ZCA matrices are not: the metadata name the file beside it (`preprocessing.safetensors`) that holds them.
 *
 * @throws DatadamError INVALID_DATA where its arrays do not fit each other
 */
export function encodeSyntheticSet(set: SyntheticSet): Uint8Array {
  assertWholeSet(set);
  const { provenance, preprocessing } = set;
  const chosen = isChosen(provenance.method);
  const config = configOf(provenance);
  const metadata: Record<string, string> = {
    format: FORMAT,
    normalization: canonicalJson(preprocessing.normalization),
    classNames: JSON.stringify(set.classNames),
  };
  for (const key of ["preset", "seed", "iteration", ...FLAT]) {
    const value = provenance[key];
    if (value !== undefined && value !== null) metadata[key] = String(value);
  }
  if (chosen) {
    const said = SELECTION.filter((key) => provenance[key] !== undefined);
    metadata.selection = canonicalJson(Object.fromEntries(said.map((key) => [key, provenance[key]])));
  }
  if (Object.keys(config).length > 0) metadata.config = canonicalJson(config);
  if (preprocessing.zca !== undefined) metadata.preprocessing = PREPROCESSING_FILE;
  if (set.factor !== undefined && set.factor !== 1) metadata.factor = String(set.factor);
  const { softLabels } = set;
  const soft = softLabels && {
    dtype: "F32" as const,
    shape: [set.labels.length, set.classNames.length],
    data: softLabels,
  };
  return encodeSafetensors(
    {
      images: { dtype: "F32", shape: [set.labels.length, ...set.shape], data: set.images },
      labels: { dtype: "I64", shape: [set.labels.length], data: BigInt64Array.from(set.labels, BigInt) },
      ...(soft && { soft_labels: soft }),
    },
    metadata,
  );
}

/**
 * Writes `synthetic.safetensors` into a folder (made where it is missing), with its ZCA matrices beside it where it has
 * some that are not there yet.
 *
 * @throws DatadamError INVALID_OPTION where the matrices of another whitening are there, INVALID_DATA where its arrays do not fit each other, IO
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
export function writePreprocessing(path: string, preprocessing: Preprocessing): void {
  const { tensors, metadata } = preprocessingToTensors(preprocessing);
  writeAtomic(path, encodeSafetensors(tensors, metadata));
}

/** Reads what {@link writePreprocessing} wrote, or undefined where there is no such file. */
export function readPreprocessing(path: string): Preprocessing | undefined {
  const bytes = readIfThere(path);
  if (bytes === undefined) return undefined;
  return damaged(path, () => {
    const { tensors, metadata } = decodeSafetensors(bytes);
    return preprocessingFromTensors(tensors, metadata);
  });
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
      hint: "Give the folder of a finished run, or finish it with: datadam distill --resume RUN",
    });
  }
  if (path === source && !path.endsWith(".safetensors")) {
    throw new DatadamError("INVALID_RUN", `${path} is neither the folder of a run nor its ${SYNTHETIC_FILE}`, {
      hint: "Sets of other programs are taken by: datadam evaluate FILE --dataset NAME, datadam distill --init FILE",
    });
  }
  return damaged(path, () => decode(path, bytes));
}

/** Whether a file is one that {@link writeSyntheticSet} wrote. */
export function holdsSyntheticSet(path: string): boolean {
  if (!path.endsWith(".safetensors")) return false;
  const bytes = readIfThere(path);
  return bytes !== undefined && damaged(path, () => decodeSafetensors(bytes)).metadata.format === FORMAT;
}

function decode(path: string, bytes: Uint8Array): SyntheticSet {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const facts = metadata as Readonly<Record<string, string | undefined>>;
  const images = tensors.images;
  const labels = tensors.labels;
  if (facts.format !== FORMAT || facts.normalization === undefined || facts.classNames === undefined) {
    throw new Error(`its metadata do not say ${FORMAT}`);
  }
  if (!(images?.data instanceof Float32Array) || images.shape.length !== 4)
    throw new Error("no float32 images [n, c, h, w]");
  if (!(labels?.data instanceof BigInt64Array) || labels.data.length !== images.shape[0])
    throw new Error("no int64 labels [n]");
  const [, channels, height, width] = images.shape as [number, number, number, number];
  const classNames = JSON.parse(facts.classNames) as string[];
  const numbers = Uint16Array.from(labels.data, Number);
  if (labels.data.some((label) => label < 0n || label >= BigInt(classNames.length)))
    throw new Error("a label has no class");
  const factor = Number(facts.factor ?? 1);
  const fault = factorFault([channels, height, width], factor);
  if (fault !== undefined) throw new Error(fault);
  const softLabels = softLabelsOf(tensors.soft_labels, numbers.length, classNames.length);
  return {
    images: images.data,
    labels: numbers,
    ...(softLabels && { softLabels }),
    ...(factor > 1 && { factor }),
    shape: [channels, height, width],
    classNames,
    preprocessing: preprocessingOf(path, facts),
    provenance: provenanceOf(facts),
  };
}

function softLabelsOf(tensor: Tensor | undefined, count: number, classes: number): Float32Array | undefined {
  if (tensor === undefined) return undefined;
  if (tensor.dtype !== "F32" || tensor.shape.join() !== `${count},${classes}`) {
    throw new Error(`soft_labels are not float32 [${count}, ${classes}]`);
  }
  if (!areProbabilities(tensor.data, classes)) throw new Error("soft_labels are no probabilities");
  return tensor.data;
}

function preprocessingOf(path: string, facts: Readonly<Record<string, string | undefined>>): Preprocessing {
  const normalization = JSON.parse(facts.normalization!) as Normalization;
  if (facts.preprocessing === undefined) return { normalization, zca: undefined };
  const file = join(dirname(path), PREPROCESSING_FILE);
  const found = readPreprocessing(file);
  if (found?.zca === undefined) {
    throw new DatadamError("INVALID_RUN", `${path} needs the whitening matrices of ${file}, which is missing`, {
      hint: "Keep the two files together.",
    });
  }
  return { normalization, zca: found.zca };
}

function provenanceOf(facts: Readonly<Record<string, string | undefined>>): Record<string, unknown> {
  const provenance: Record<string, unknown> = { method: "datadam" };
  if (facts.preset !== undefined) provenance.preset = facts.preset;
  if (facts.config !== undefined) {
    // The architecture may be one of the maker's own.
    const { arch, ...config } = JSON.parse(facts.config) as Record<string, unknown>;
    const checked = isForeign(config.method) ? config : parseConfig(withLaterKeys(config));
    Object.assign(provenance, checked, arch === undefined ? {} : { arch });
  }
  if (facts.selection !== undefined) Object.assign(provenance, JSON.parse(facts.selection));
  if (facts.iteration !== undefined) provenance.iteration = Number(facts.iteration);
  return provenance;
}

function damaged<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DatadamError && error.code === "INVALID_RUN") throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new DatadamError("INVALID_RUN", `${path} is damaged: ${reason}`, { cause: error });
  }
}
