// The bytes of synthetic.safetensors: the distilled set with what is needed to use it; they depend on configuration and
// seed only. And of preprocessing.safetensors beside it: its whitening.

import { configKeys } from "../distill/config/index.ts";
import { DatadamError } from "../errors.ts";
import { decodeSafetensors, decodeSafetensorsHeader, encodeSafetensors, type Tensor } from "../formats/index.ts";
import {
  areProbabilities,
  assertWholeSet,
  factorFault,
  preprocessingFromTensors,
  preprocessingToTensors,
} from "../images/index.ts";
import type { Preprocessing, SyntheticSet } from "../images/types.ts";
import { quoted } from "../quoted.ts";
import { canonicalJson } from "./canonical.ts";
import {
  classNamesOf,
  FLAT,
  factorOf,
  isChosen,
  isForeign,
  type Metadata,
  normalizationOf,
  provenanceOf,
  SELECTION,
} from "./setMetadata.ts";

const FORMAT = "datadam-synthetic/1";

export const SYNTHETIC_FILE: string = "synthetic.safetensors";
export const PREPROCESSING_FILE: string = "preprocessing.safetensors";

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
 * The set as safetensors: `images` F32 [n, c, h, w], `labels` I64 [n], where it has them `soft_labels` F32
 * [n * factor^2, classes], metadata as strings. No time, version or path is in it. ZCA matrices are not: the metadata
 * name the file beside it (`preprocessing.safetensors`) that holds them.
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
    const recorded = Object.keys(SELECTION).filter((key) => provenance[key] !== undefined);
    metadata.selection = canonicalJson(Object.fromEntries(recorded.map((key) => [key, provenance[key]])));
  }
  if (Object.keys(config).length > 0) metadata.config = canonicalJson(config);
  if (preprocessing.zca !== undefined) metadata.preprocessing = PREPROCESSING_FILE;
  if (set.factor !== undefined && set.factor !== 1) metadata.factor = String(set.factor);
  const { softLabels } = set;
  const soft = softLabels && {
    dtype: "F32" as const,
    shape: [set.labels.length * (set.factor ?? 1) ** 2, set.classNames.length],
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

/** Normalisation and ZCA matrices as safetensors. */
export function encodePreprocessing(preprocessing: Preprocessing): Uint8Array {
  const { tensors, metadata } = preprocessingToTensors(preprocessing);
  return encodeSafetensors(tensors, metadata);
}

/** @param path for messages. @throws DatadamError INVALID_RUN where it is damaged */
export function decodePreprocessing(bytes: Uint8Array, path: string): Preprocessing {
  return damaged(path, () => {
    const { tensors, metadata } = decodeSafetensors(bytes);
    return preprocessingFromTensors(tensors, metadata);
  });
}

/** Whether the bytes are those of {@link encodeSyntheticSet}. */
export function isSyntheticSet(bytes: Uint8Array): boolean {
  try {
    return decodeSafetensorsHeader(bytes, bytes.length).metadata.format === FORMAT;
  } catch {
    return false;
  }
}

/** A file of a set, before its whitening is there. */
export interface SyntheticFile {
  /** Whether it needs the matrices of `preprocessing.safetensors` beside it. */
  readonly whitened: boolean;
  /** @throws DatadamError INVALID_RUN where the matrices are missing or the file is damaged */
  decode(preprocessing?: Preprocessing): SyntheticSet;
}

/** @param path for messages. @throws DatadamError INVALID_RUN where it is damaged */
export function openSyntheticSet(bytes: Uint8Array, path: string): SyntheticFile {
  const { tensors, metadata } = damaged(path, () => decodeSafetensors(bytes));
  return {
    whitened: metadata.preprocessing !== undefined,
    decode: (preprocessing) => damaged(path, () => decode(path, tensors, metadata, preprocessing)),
  };
}

function decode(
  path: string,
  tensors: Readonly<Record<string, Tensor>>,
  facts: Metadata,
  preprocessing: Preprocessing | undefined,
): SyntheticSet {
  const images = tensors.images;
  const labels = tensors.labels;
  if (facts.format !== FORMAT || facts.normalization === undefined || facts.classNames === undefined) {
    throw new Error(`its metadata do not say ${FORMAT}`);
  }
  if (images?.dtype !== "F32" || images.shape.length !== 4 || images.data.length === 0)
    throw new Error("no float32 images [n, c, h, w]");
  if (!images.data.every(Number.isFinite)) throw new Error("its images are not all finite numbers");
  if (labels?.dtype !== "I64" || labels.shape.join() !== String(images.shape[0]))
    throw new Error("no int64 labels [n]");
  const [, channels, height, width] = images.shape as [number, number, number, number];
  const classNames = classNamesOf(facts);
  if (labels.data.some((label) => label < 0n || label >= BigInt(classNames.length)))
    throw new Error("a label has no class");
  const numbers = Uint16Array.from(labels.data, Number);
  const factor = factorOf(facts);
  const fault = factorFault([channels, height, width], factor);
  if (fault !== undefined) throw new Error(fault);
  const softLabels = softLabelsOf(tensors.soft_labels, numbers.length * factor ** 2, classNames.length);
  const set: SyntheticSet = {
    images: images.data,
    labels: numbers,
    ...(softLabels && { softLabels }),
    ...(factor !== 1 && { factor }),
    shape: [channels, height, width],
    classNames,
    preprocessing: preprocessingOf(path, facts, [channels, height, width], preprocessing),
    provenance: provenanceOf(facts),
  };
  assertWholeSet(set, "it");
  return set;
}

function softLabelsOf(tensor: Tensor | undefined, count: number, classes: number): Float32Array | undefined {
  if (tensor === undefined) return undefined;
  if (tensor.dtype !== "F32" || tensor.shape.join() !== `${count},${classes}`) {
    throw new Error(`soft_labels are not float32 [${count}, ${classes}]`);
  }
  if (!areProbabilities(tensor.data, classes)) throw new Error("soft_labels are no probabilities");
  return tensor.data;
}

function preprocessingOf(
  path: string,
  facts: Metadata,
  shape: SyntheticSet["shape"],
  given: Preprocessing | undefined,
): Preprocessing {
  const normalization = normalizationOf(facts, shape[0]);
  if (facts.preprocessing === undefined) return { normalization, zca: undefined };
  if (facts.preprocessing !== PREPROCESSING_FILE) {
    throw new Error(`its preprocessing is ${quoted(facts.preprocessing)}, not ${PREPROCESSING_FILE}`);
  }
  if (given?.zca === undefined) {
    const needed = `the whitening matrices of ${PREPROCESSING_FILE} beside it`;
    throw new DatadamError("INVALID_RUN", `${path} needs ${needed}, which is missing`, {
      hint: "Keep the two files together.",
    });
  }
  const [size, images] = [given.zca.mean.length, shape.join(" x ")];
  if (size !== shape[0] * shape[1] * shape[2])
    throw new Error(`the whitening beside it is of ${size} numbers, its images are ${images}`);
  return { normalization, zca: given.zca };
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
