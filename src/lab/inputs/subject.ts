// What an evaluation measures: the set of a run, a file of ours, or a set that another program made.

import { counted } from "../../counted.ts";
import { DatadamError } from "../../errors.ts";
import type { ImageSet, SyntheticSet } from "../../images/index.ts";
import type { RunDataset } from "../../run/portable.ts";
import type { Storage } from "../../storage/index.ts";
import { holdsRun, readRunRecord } from "../folder/record.ts";
import type { Context, ForeignSet, Readers } from "../types.ts";
import { type DataOptions, PLACE_KEYS } from "./data.ts";
import { defined, loadData, optionsOf, reloadData, requireTest } from "./load.ts";
import { pixelWarning, readForeign, readSet, readSetFile, type Space } from "./sets.ts";

type Tools = Pick<Context, "readers" | "cache" | "note" | "warn" | "progress" | "signal" | "engine">;

export interface Subject {
  readonly set: SyntheticSet;
  /** Its row of the table. */
  readonly name: string;
  readonly train: ImageSet;
  readonly test: ImageSet;
  /** Of the training part. */
  readonly fingerprint: string;
  /** Images per class. */
  readonly ipc: number;
  /** Of the networks, unless another is wanted. */
  readonly seed: number;
  /** Of a run: where the result is added. */
  readonly storage: Storage | undefined;
}

/** What a job says of its subject. */
export interface SubjectOptions {
  readonly set: string;
  readonly data?: Partial<DataOptions> | undefined;
  readonly space?: Space | undefined;
  readonly seed?: number | undefined;
}

/** The storage of the run at a path; undefined where there is no run. */
export async function runAt(path: string, readers: Readers): Promise<Storage | undefined> {
  const storage = readers.storage(path);
  return (await holdsRun(storage)) ? storage : undefined;
}

/** @throws DatadamError RUN_NOT_FOUND, INVALID_RUN, INVALID_DATA, INVALID_OPTION */
export async function subjectOf(options: SubjectOptions, context: Tools): Promise<Subject> {
  const storage = await runAt(options.set, context.readers);
  const synthetic = storage === undefined ? await readSetFile(options.set, context.readers) : undefined;
  if (storage === undefined && synthetic === undefined && !(await isThere(options.set, context.readers))) {
    throw new DatadamError("RUN_NOT_FOUND", `"${options.set}" does not exist`, {
      hint: "Give the folder of a run, or the file or folder of a set that another program made.",
    });
  }
  if (options.space !== undefined && (storage !== undefined || synthetic !== undefined)) {
    throw new DatadamError("INVALID_OPTION", "`space` is for sets of other programs: a run knows its own space");
  }
  return storage === undefined ? fileSubject(options, synthetic, context) : runSubject(storage, options, context);
}

async function isThere(path: string, readers: Readers): Promise<boolean> {
  return (await readers.file(path)) !== undefined || (await readers.storage(path).list()).length > 0;
}

async function runSubject(storage: Storage, options: SubjectOptions, context: Tools): Promise<Subject> {
  const record = await readRunRecord(storage);
  const set = await readSet(storage);
  const { train, test, fingerprint } = await sourceOf(record.dataset, options.data ?? {}, context);
  if (record.classes !== null) {
    const part = `a shard of ${record.classes.length} of ${counted(set.classNames.length, "class", "classes")}`;
    context.warn(
      `${storage.name} is ${part}: networks trained on it know no others. Merge it with the other shards first.`,
    );
  }
  return {
    set,
    name: record.selection?.method ?? "distilled",
    train,
    test,
    fingerprint,
    ipc: record.config.ipc,
    seed: options.seed ?? record.seed,
    storage,
  };
}

async function fileSubject(
  { set: path, data = {}, space, seed = 0 }: SubjectOptions,
  synthetic: SyntheticSet | undefined,
  context: Tools,
): Promise<Subject> {
  if (data.dataset === undefined) {
    throw new DatadamError(
      "INVALID_OPTION",
      `${path} is not a run of datadam, and no \`dataset\` is named to test on`,
      {
        hint: "Name the one that it was made from, e.g. `dataset` cifar10.",
      },
    );
  }
  const { dataset, fingerprint } = await loadData({ ...data, dataset: data.dataset }, context);
  const test = requireTest(dataset);
  const foreign: ForeignSet = synthetic
    ? { set: synthetic, notes: [] }
    : await readForeign(path, dataset.train, space, context);
  const { set, notes, warnings = [], likelyPixels } = foreign;
  const name = path.replace(/[/\\]+$/, "").replace(/^.*[/\\]/, "");
  for (const note of notes) context.note(`${name}: ${note}`);
  for (const warning of warnings) context.warn(`${name}: ${warning}`);
  if (likelyPixels !== undefined && space === undefined) {
    context.warn(`${name}: ${pixelWarning(likelyPixels, 'give `space: "pixels"`, or accuracies are far too low')}`);
  }
  const counts = set.classNames.map((_, c) => set.labels.reduce((sum, label) => sum + (label === c ? 1 : 0), 0));
  const ipc = Math.max(1, Math.round(set.labels.length / counts.length));
  if (counts.some((count) => count !== ipc)) {
    context.warn(`${name} has ${Math.min(...counts)} to ${Math.max(...counts)} images of a class; random has ${ipc}`);
  }
  return { set, name, train: dataset.train, test, fingerprint, ipc, seed, storage: undefined };
}

/** The options of a run with others given; another set is not split as the run's was. */
function elsewhere(recorded: RunDataset, given: Partial<DataOptions>): DataOptions {
  const { split, ...options } = optionsOf(recorded);
  return { ...options, ...(given.dataset === undefined && { split }), ...given };
}

/** The run's data set, or the one that the job names; checked to have the run's classes and a test part. */
async function sourceOf(
  recorded: RunDataset,
  data: Partial<DataOptions>,
  context: Tools,
): Promise<Pick<Subject, "train" | "test" | "fingerprint">> {
  const given = defined(data);
  const moved = Object.keys(given).every((key) => (PLACE_KEYS as readonly string[]).includes(key));
  const source = moved
    ? await reloadData(recorded, given, context)
    : await loadData(elsewhere(recorded, given), context, given.dataset === undefined);
  const { train, name } = source.dataset;
  const test = requireTest(source.dataset);
  const describe = (set: Pick<ImageSet, "shape" | "classNames">): string =>
    `images of ${set.shape.join(" x ")} in ${set.classNames.length} classes`;
  if (describe(train) !== describe(recorded)) {
    const origin = recorded.name.replace(/\/train$/, "");
    throw new DatadamError("INVALID_DATA", `${name} has ${describe(train)}, the run ${describe(recorded)}`, {
      hint:
        `Evaluate it on the data set that it was made from, ${origin}, with the same \`size\`, ` +
        "`channels` and `labels`.",
    });
  }
  return { train, test, fingerprint: source.fingerprint };
}
