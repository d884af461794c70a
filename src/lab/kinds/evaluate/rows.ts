// The rows of an evaluation: images with their labels.

import { DatadamError } from "../../../errors.ts";
import { type EvaluateOptions, networkFor, withSoftLabels } from "../../../evaluate/index.ts";
import { type PreparedSet, randomSubset, type SyntheticSet } from "../../../images/index.ts";
import { select } from "../../../select/index.ts";
import { readTeacher, teacherOfRun } from "../../bank/teacher.ts";
import type { ResultEntry } from "../../folder/results.ts";
import type { TrainedNetwork } from "../../inputs/parameters.ts";
import { prepareSet } from "../../inputs/prepare.ts";
import type { Subject } from "../../inputs/subject.ts";
import type { Context } from "../../types.ts";
import { choosingProgress } from "../choosing.ts";
import type { EvaluateJob } from "./job.ts";

/** A row to measure. */
export interface Row {
  /** Made when it is first asked for, and kept. */
  readonly set: () => Promise<SyntheticSet>;
  readonly options: EvaluateOptions;
}

/** The rows by name. */
export interface Rows {
  readonly rows: Readonly<Record<string, Row>>;
  /** Whether the random row has soft labels too. */
  readonly both: boolean;
  readonly record: ResultEntry["softLabels"];
}

/** What is measured: the set, and as much of the real images as is asked for. */
export async function rowsOf(
  subject: Subject,
  context: Context<EvaluateJob>,
  norm: EvaluateOptions["norm"],
): Promise<Rows> {
  const { job } = context;
  const { set, train, ipc, seed } = subject;
  const rows: Record<string, Row> = { distilled: { set: async () => set, options: {} } };
  if (job.random || job.chosen !== undefined || job.whole !== undefined) {
    const prepared = await prepareSet(train, { zca: false, zcaEps: 0.1 }, context, set.preprocessing);
    // Also where it is no row: a class with too few images shows before anything is trained.
    const random = randomSubset(prepared, ipc, seed);
    if (job.random) rows.random = { set: async () => random, options: {} };
    const { chosen } = job;
    // Choosing takes long: not done again for a row that an earlier process has measured.
    if (chosen !== undefined) {
      rows.chosen = { set: once(() => chosenSet(prepared, chosen, subject, context)), options: {} };
    }
    if (job.whole !== undefined) rows.whole = { set: once(async () => wholeSet(prepared, set)), options: job.whole };
  }
  return softLabelled(rows, subject, norm, context);
}

/** The rows with soft labels, where they are wanted: of a teacher for both alike, or those that the set carries. */
async function softLabelled(
  rows: Readonly<Record<string, Row>>,
  { storage, set }: Subject,
  norm: EvaluateOptions["norm"],
  context: Context<EvaluateJob>,
): Promise<Rows> {
  const { softLabels: wanted, temperature } = context.job;
  const distilled = rows.distilled!;
  const options = { softLabels: true };
  if (wanted === undefined) {
    if (temperature === undefined) return { rows, both: false, record: undefined };
    throw new DatadamError("INVALID_OPTION", "`temperature` is that of `softLabels`, which are not given");
  }
  if (wanted === "stored") {
    if (set.softLabels === undefined || temperature !== undefined) {
      const what = temperature === undefined ? "the set carries no soft labels" : "they have no temperature";
      throw new DatadamError("INVALID_OPTION", `\`softLabels\` stored: ${what}`, {
        hint: "Name a teacher instead: `softLabels` TEACHER.safetensors",
      });
    }
    const own = { ...rows, distilled: { ...distilled, options } };
    const teacher = rows.random && (await teacherOfRun(storage, set, context));
    if (rows.random === undefined || teacher === undefined) {
      return { rows: own, both: false, record: { teacher: "stored" } };
    }
    const random = labelled(rows.random, teacher, context);
    const chosen = rows.chosen && labelled(rows.chosen, teacher, context);
    return {
      rows: { ...own, random, ...(chosen && { chosen }) },
      both: true,
      record: { teacher: "stored", random: teacher.sha256 },
    };
  }
  if (rows.random === undefined) {
    throw new DatadamError("INVALID_OPTION", "`softLabels` need the row of random images under the same labels", {
      hint: "Soft labels lift any images, so that only the difference says something: leave `random` as it is.",
    });
  }
  const teacher = await readTeacher(wanted, set, { norm: norm ?? "instance" }, context);
  const all: Record<string, Row> = {};
  for (const [name, row] of Object.entries(rows)) all[name] = labelled(row, teacher, context, temperature);
  return { rows: all, both: true, record: { teacher: teacher.sha256, temperature: temperature ?? 1 } };
}

/** A row with what a teacher says of its images. */
function labelled(row: Row, teacher: TrainedNetwork, { engine }: Context<EvaluateJob>, temperature = 1): Row {
  const set = once(async () => withSoftLabels(await row.set(), { ...teacher, engine: await engine(), temperature }));
  return { set, options: { ...row.options, softLabels: true } };
}

/** Makes something when it is first asked for. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** What a row is called while it is measured. */
export function titleOf(row: string, { chosen }: Pick<EvaluateJob, "chosen">): string {
  return (row === "chosen" && chosen) || row;
}

/** As many real images as the set has, chosen as `datadam select` chooses. @param classes default: all */
export async function chosenSet(
  prepared: PreparedSet,
  method: NonNullable<EvaluateJob["chosen"]>,
  { ipc, seed }: Pick<Subject, "ipc" | "seed">,
  context: Pick<Context, "engine" | "signal" | "progress">,
  classes?: readonly number[],
): Promise<SyntheticSet> {
  const { shape, classNames } = prepared;
  return select(prepared, {
    ...{ method, ipc, seed, classes, features: networkFor({ shape, classNames, provenance: {} }, {}) },
    ...{ engine: await context.engine(), signal: context.signal },
    onProgress: choosingProgress(context, method),
  });
}

/** Every training image, sorted by class, in the shape of a distilled set. */
function wholeSet(prepared: PreparedSet, like: SyntheticSet): SyntheticSet {
  const order = Array.from(prepared.labels.keys()).sort((a, b) => prepared.labels[a]! - prepared.labels[b]! || a - b);
  return {
    ...like,
    factor: undefined,
    softLabels: undefined,
    images: prepared.read(order),
    labels: Uint16Array.from(order, (index) => prepared.labels[index]!),
  };
}
