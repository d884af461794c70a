// Canonical JSON and the hashes that tie a checkpoint to its run and its data.

import { createHash } from "node:crypto";
import { keysFor } from "../distill/config/index.ts";
import type { ImageSet, Preprocessing, SyntheticSet } from "../images/types.ts";
import { canonicalJson } from "./canonical.ts";
import type { RunRecord } from "./types.ts";

/** SHA-256 of a set's shape, labels and pixels, hexadecimal. */
export function fingerprint(set: ImageSet): string {
  const hash = createHash("sha256")
    .update(canonicalJson({ shape: set.shape, count: set.count, normalization: set.normalization }))
    .update(bytesOf(set.labels));
  for (let i = 0; i < set.count; i++) hash.update(set.image(i));
  return hash.digest("hex");
}

/** Keys that came after the first runs, and what says that they change nothing: left out, so that those runs can go on. */
const LATER: Readonly<Record<string, unknown>> = {
  factor: 1,
  averaging: false,
  method: "datadam",
  arch: "convnet",
  attentionWeight: 1,
  attentionReduction: "sum",
  attentionNorm: "l2",
  errorType: "mse",
  outerLoops: 1,
  innerLoops: 1,
  lrNet: 0.01,
  batchTrain: 256,
};

/**
 * A recorded configuration with what was meant by the keys that it is too old to have, whatever their defaults are now, and
 * without keys that its method does not have.
 */
export function withLaterKeys(config: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return keysFor(config.method, { ...LATER, ...config });
}

/** A configuration without the keys that change nothing: what hashes are made of. */
export function decisive(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).filter(([key, value]) => LATER[key] !== value));
}

/** What decides a run's numbers: configuration without the number of iterations, data, shard. */
export function configHash(record: RunRecord): string {
  const { iterations: _, ...config } = decisive({ ...record.config });
  const { selection, initial } = record;
  const start = { ...(selection && { selection }), ...(initial && { initial: initial.sha256 }) };
  const facts = { config, data: record.dataset.fingerprint, classes: record.classes, ...start };
  return createHash("sha256").update(canonicalJson(facts)).digest("hex");
}

/** What tells one set of images from another: SHA-256 of its images and labels. */
export function setHash({ images, labels, factor = 1 }: Pick<SyntheticSet, "images" | "labels" | "factor">): string {
  return checksum(images, labels, ...(factor === 1 ? [] : [`factor ${factor}`]));
}

/** SHA-256 of several arrays in turn, hexadecimal. */
export function checksum(...arrays: readonly (ArrayBufferView | string)[]): string {
  const hash = createHash("sha256");
  for (const array of arrays) hash.update(typeof array === "string" ? array : bytesOf(array));
  return hash.digest("hex");
}

/** What tells the space of prepared images from others, for {@link checksum}. */
export function spaceParts({ normalization, zca }: Preprocessing): (string | Float32Array)[] {
  return [canonicalJson(normalization), ...(zca === undefined ? [] : [zca.mean, zca.whiten])];
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
