// What `datadam evaluate` is asked to measure: a run of ours, or a set that another program made.

import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { readForeignSet } from "../data/index.ts";
import { DatadamError } from "../errors.ts";
import type { ImageSet, Preprocessing, SyntheticSet } from "../images/types.ts";
import { holdsSyntheticSet, type RunDataset, readRecord, readSyntheticSet, type SourceOptions } from "../run/index.ts";
import { given } from "./flags.ts";
import { prepareSource } from "./prepare.ts";
import { loadSource, locationOf, reloadSource } from "./source.ts";
import type { Ui } from "./ui.ts";

export interface SubjectFlags extends SourceOptions {
  readonly dataset?: string;
  readonly dataDir?: string;
  readonly space?: "normalized" | "pixels" | "zca";
  readonly seed?: number;
  readonly workers?: number;
}

export interface Subject {
  readonly set: SyntheticSet;
  /** Its row of the table. */
  readonly name: string;
  readonly train: ImageSet;
  readonly test: ImageSet;
  /** Images per class. */
  readonly ipc: number;
  /** Of the networks, unless another is asked for. */
  readonly seed: number;
  /** Of a run: where the result is kept. */
  readonly directory: string | undefined;
}

/** @throws DatadamError RUN_NOT_FOUND, INVALID_RUN, INVALID_DATA, INVALID_OPTION */
export async function subjectOf(path: string, flags: SubjectFlags, ui: Ui): Promise<Subject> {
  if (!existsSync(path)) {
    throw new DatadamError("RUN_NOT_FOUND", `"${path}" does not exist`, {
      hint: "Give the folder of a run, or the file or folder of a set that another program made.",
    });
  }
  const isRun = existsSync(join(path, "config.json"));
  if (flags.space !== undefined && (isRun || holdsSyntheticSet(path))) {
    throw new DatadamError("INVALID_OPTION", "--space is for sets of other programs: a run knows its own space");
  }
  return isRun ? runSubject(path, flags, ui) : fileSubject(path, flags, ui);
}

async function runSubject(directory: string, flags: SubjectFlags, ui: Ui): Promise<Subject> {
  const record = readRecord(directory);
  const set = readSyntheticSet(directory);
  const { ipc } = record.config;
  const { train, test } = await sourceOf(record.dataset, flags, ui);
  const name = record.selection?.method ?? "distilled";
  if (record.classes !== null) {
    ui.reporter.warn(
      `${directory} is a shard of ${record.classes.length} of ${set.classNames.length} classes: networks trained on it know no others. datadam merge puts shards together`,
    );
  }
  return { set, name, train, test, ipc, seed: flags.seed ?? record.seed, directory };
}

async function fileSubject(path: string, flags: SubjectFlags, ui: Ui): Promise<Subject> {
  const { dataset, seed = 0 } = flags;
  if (dataset === undefined) {
    throw new DatadamError("INVALID_OPTION", `${path} is no run of datadam, and no data set is named to test it on`, {
      hint: "Name the one that it was made from, e.g. --dataset cifar10.",
    });
  }
  const source = await loadSource({ ...flags, dataset }, ui);
  const { train } = source.dataset;
  const test = requireTest(source.dataset);
  const { set, notes } = holdsSyntheticSet(path)
    ? { set: readSyntheticSet(path), notes: [] }
    : await readOther(path, train, flags, ui);
  const name = basename(resolve(path));
  for (const note of notes) ui.reporter.note(`${name}: ${note}`);
  const counts = set.classNames.map((_, c) => set.labels.reduce((sum, label) => sum + (label === c ? 1 : 0), 0));
  const ipc = Math.max(1, Math.round(set.labels.length / counts.length));
  if (counts.some((count) => count !== ipc)) {
    ui.reporter.warn(
      `${name} has ${Math.min(...counts)} to ${Math.max(...counts)} images of a class; random has ${ipc}`,
    );
  }
  return { set, name, train, test, ipc, seed, directory: undefined };
}

/** A set of another program. @param otherwise how its space is told, where it can be. */
export async function readOther(
  path: string,
  train: ImageSet,
  { space = "normalized", ...flags }: SubjectFlags,
  ui: Ui,
  otherwise: string = " (--space says otherwise)",
): Promise<{ set: SyntheticSet; notes: readonly string[] }> {
  const { normalization } = train;
  const preprocessing: Preprocessing =
    space === "zca"
      ? (await prepareSource(train, { zca: true, zcaEps: 0.1 }, ui, given(flags, ["workers"]))).preprocessing
      : { normalization, zca: undefined };
  const kind = space === "pixels" ? "pixels" : "prepared";
  const { set, notes } = await readForeignSet(path, { like: train, preprocessing, space: kind });
  const numbers = (list: readonly number[]): string => list.map((x) => x.toFixed(4)).join(" ");
  const by = `mean ${numbers(normalization.mean)}, std ${numbers(normalization.std)}`;
  const said = {
    normalized: `float images are taken to be normalised by ${by}${otherwise}`,
    zca: `float images are taken to be normalised by ${by} and whitened with eps 0.1 on ${train.name}`,
    pixels: `pixels, normalised by ${by}`,
  }[space];
  return { set, notes: [...notes, said] };
}

/** The run's data set, or the one that the flags name; checked to have the run's classes and a test part. */
async function sourceOf(
  recorded: RunDataset,
  flags: SubjectFlags,
  ui: Ui,
): Promise<{ train: ImageSet; test: ImageSet }> {
  const { dataset, dataDir, size, channels, split, labels, store, corrupt } = flags;
  const chosen = { dataset, dataDir, size, channels, split, labels, store, corrupt };
  const given = Object.entries(chosen).filter(([, value]) => value !== undefined);
  const moved = Object.fromEntries(given) as Partial<Parameters<typeof loadSource>[0]>;
  const source = given.every(([key]) => key === "dataDir" || key === "store")
    ? await reloadSource(recorded, moved, ui)
    : await loadSource({ ...locationOf(recorded), ...moved }, ui);
  const { train, name } = source.dataset;
  const test = requireTest(source.dataset);
  const describe = (set: Pick<ImageSet, "shape" | "classNames">): string =>
    `images of ${set.shape.join(" x ")} in ${set.classNames.length} classes`;
  if (describe(train) !== describe(recorded)) {
    throw new DatadamError("INVALID_DATA", `${name} has ${describe(train)}, the run ${describe(recorded)}`, {
      hint: `Evaluate it on the data set that it was made from, ${recorded.name.replace(/\/train$/, "")}, with the same --size, --channels and --labels.`,
    });
  }
  return { train, test };
}

export function requireTest({ name, test }: { readonly name: string; readonly test: ImageSet | undefined }): ImageSet {
  if (test !== undefined) return test;
  throw new DatadamError("INVALID_OPTION", `${name} has no test images to evaluate on`, {
    hint: "Give another set with --dataset, or distil with --split 0.8 to keep a fifth of the images for testing.",
  });
}
