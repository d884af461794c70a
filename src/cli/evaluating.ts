// Evaluations with progress: of what is asked for, with every network that is named, and how they are told.

import { createEngine } from "../engine/index.ts";
import type { Device } from "../engine/types.ts";
import { DatadamError } from "../errors.ts";
import { evaluate, type NetworkChoice, withSoftLabels } from "../evaluate/index.ts";
import type { EvaluateOptions, Evaluation } from "../evaluate/types.ts";
import { randomSubset } from "../images/index.ts";
import type { ImageSet, PreparedSet, SyntheticSet } from "../images/types.ts";
import { addResult, type ResultEntry, readResults } from "../run/index.ts";
import { parseProtocol } from "../train/index.ts";
import { planNetworks, titleOf } from "./networks.ts";
import { readNetwork } from "./parameters.ts";
import { prepareSource } from "./prepare.ts";
import { duration } from "./reporter.ts";
import { untilSignal } from "./signals.ts";
import { type SubjectFlags, subjectOf } from "./subject.ts";
import { accuracy, table } from "./table.ts";
import type { CommonFlags, Ui } from "./ui.ts";

export interface EvaluateFlags extends CommonFlags, SubjectFlags {
  readonly networks?: number;
  readonly protocol?: string;
  /** Names of networks, one row each; default: that of the run. */
  readonly arch?: readonly string[];
  /** Name of a pool of networks. */
  readonly pool?: string;
  /** One row each. */
  readonly norm?: readonly NonNullable<EvaluateOptions["norm"]>[];
  /** False for `--no-random`. */
  readonly random?: boolean;
  /** A teacher's parameters, or `stored`. */
  readonly softLabels?: string;
  readonly temperature?: number;
  readonly device?: Device;
}

/** Evaluates a set with each network that the flags name; the results of a run's set are added to the run. */
export async function evaluateRun(
  path: string,
  flags: EvaluateFlags,
  ui: Ui,
): Promise<{
  readonly entries: readonly ResultEntry[];
  readonly ipc: number;
  readonly names: RowNames;
  readonly directory: string | undefined;
}> {
  const { set, name, train, test, ipc, seed, directory } = await subjectOf(path, flags, ui);
  // A file that cannot be added to is told before hours of training, not after.
  if (directory !== undefined) readResults(directory);
  const { norm } = parseProtocol(flags.protocol ?? "quick");
  const planned = planNetworks(set, flags, norm, (message) => ui.reporter.warn(message));
  const workers = flags.workers === undefined ? {} : { workers: flags.workers };
  const execution = { ...workers, ...(flags.device === undefined ? {} : { device: flags.device }) };
  const random =
    flags.random === false
      ? undefined
      : randomSubset(
          await prepareSource(train, { zca: false, zcaEps: 0.1 }, ui, workers, set.preprocessing),
          ipc,
          seed,
        );
  const soft = await softLabelled({ distilled: set, ...(random && { random }) }, flags, planned[0]!, execution, ui);
  const prepared = await testOnce(test, set, ui, workers);
  const entries: ResultEntry[] = [];
  for (const network of planned) {
    const measured = await measure(
      soft.rows,
      prepared,
      {
        ...(flags.networks === undefined ? {} : { networks: flags.networks }),
        ...(flags.protocol === undefined ? {} : { protocol: flags.protocol }),
        // Said for both rows, so that they have the same networks.
        ...network,
        seed,
      },
      execution,
      ui,
      planned.length > 1 ? `${titleOf({ ...network })}, ` : "",
    );
    const entry: ResultEntry = {
      created: new Date().toISOString(),
      iteration: Number(set.provenance.iteration ?? 0),
      distilled: measured.distilled!,
      ...(measured.random && { random: measured.random }),
      ...(soft.record && { softLabels: soft.record }),
    };
    if (directory !== undefined) addResult(directory, entry);
    entries.push(entry);
  }
  const parts = set.factor === undefined ? "" : `, ${set.factor} x ${set.factor} in each`;
  const shown = `${name}${parts}${soft.record === undefined ? "" : ", soft labels"}`;
  const names = { distilled: shown, ...(soft.both && { random: "random real, soft labels" }) };
  return { entries, ipc, names, directory };
}

interface SoftRows {
  readonly rows: Contestants;
  /** Whether the random row has the same kind of labels. */
  readonly both: boolean;
  readonly record: ResultEntry["softLabels"];
}

/** The rows with soft labels, where they are asked for: of a teacher for all rows alike, or those that the set carries. */
async function softLabelled(
  sets: { readonly distilled: SyntheticSet; readonly random?: SyntheticSet },
  { softLabels: wanted, temperature }: EvaluateFlags,
  { norm = "instance" }: NetworkChoice,
  execution: { workers?: number; device?: Device },
  ui: Ui,
): Promise<SoftRows> {
  const options = { softLabels: true };
  if (wanted === undefined) {
    if (temperature === undefined) return { rows: sets, both: false, record: undefined };
    throw new DatadamError("INVALID_OPTION", "--temperature is that of --soft-labels, which are not asked for");
  }
  if (wanted === "stored") {
    if (sets.distilled.softLabels === undefined || temperature !== undefined) {
      const what =
        temperature === undefined ? "the set carries no soft labels" : "stored soft labels have no temperature";
      throw new DatadamError("INVALID_OPTION", `--soft-labels stored: ${what}`, {
        hint: "Name a teacher instead: --soft-labels TEACHER.safetensors",
      });
    }
    ui.reporter.warn("the random row has hard labels: who made the stored soft ones is not known");
    const rows = { ...sets, distilled: { set: sets.distilled, options } };
    return { rows, both: false, record: { teacher: "stored" } };
  }
  if (sets.random === undefined) {
    throw new DatadamError("INVALID_OPTION", "--soft-labels need the row of random images under the same labels", {
      hint: "Leave out --no-random: soft labels lift any images, so that only the difference says something.",
    });
  }
  const { shape, classNames } = sets.distilled;
  const teacher = readNetwork(wanted, { shape, classNames, norm });
  const engine = await createEngine(execution);
  try {
    const asked = { ...teacher, engine, ...(temperature === undefined ? {} : { temperature }) };
    const rows: Record<string, { set: SyntheticSet; options: EvaluateOptions }> = {};
    for (const [row, set] of Object.entries(sets)) rows[row] = { set: await withSoftLabels(set, asked), options };
    return { rows, both: true, record: { teacher: teacher.sha256, temperature: temperature ?? 1 } };
  } finally {
    await engine.close();
  }
}

/** Whitens the test set once for both rows; without whitening preparing is free. */
export async function testOnce(
  test: ImageSet,
  { preprocessing }: SyntheticSet,
  ui: Ui,
  workers: { workers?: number },
): Promise<ImageSet | PreparedSet> {
  if (preprocessing.zca === undefined) return test;
  return prepareSource(test, { zca: true, zcaEps: preprocessing.zca.eps }, ui, workers, preprocessing);
}

/** One row of the table to measure: a set, and options of its own where it needs some. */
export type Contestants = Readonly<Record<string, SyntheticSet | { set: SyntheticSet; options: EvaluateOptions }>>;

/** Evaluates several sets under the same options, with progress; stops on a signal. */
export function measure(
  sets: Contestants,
  test: ImageSet | PreparedSet,
  options: EvaluateOptions,
  engineOptions: { workers?: number; device?: Device },
  ui: Ui,
  prefix: string = "",
): Promise<Record<string, Evaluation>> {
  return untilSignal(ui, async (signal) => {
    const engine = await createEngine(engineOptions);
    try {
      const results: Record<string, Evaluation> = {};
      for (const [name, contestant] of Object.entries(sets)) {
        const { set, options: own } = "set" in contestant ? contestant : { set: contestant, options: {} };
        results[name] = await evaluate(set, test, {
          ...options,
          ...own,
          engine,
          signal,
          onProgress: ({ network, networks, epoch, epochs, loss, done }) =>
            ui.reporter.progress({
              stage: `evaluating ${prefix}${name}`,
              done,
              total: 1,
              detail: `network ${network + 1}/${networks}, epoch ${epoch}/${epochs}`,
              data: { network, networks, epoch, epochs, loss },
            }),
        });
        ui.reporter.end();
      }
      return results;
    } finally {
      ui.reporter.end();
      await engine.close();
    }
  });
}

/** Rows under other names than {@link ROW_NAMES}. */
export type RowNames = Readonly<Record<string, string>>;

export const ROW_NAMES: Readonly<Record<string, string>> = {
  random: "random real",
  distilled: "distilled",
  whole: "whole set",
};

/** Random, distilled and whole set, as far as they were measured, under other names where given. */
export function accuracyTable(
  results: { readonly [Row in "random" | "distilled" | "whole"]?: Evaluation },
  ipc: number,
  { wholeCount, names = {} }: { wholeCount?: number; names?: RowNames } = {},
): string {
  const rows = (["random", "distilled", "whole"] as const).flatMap((name) => {
    const result = results[name];
    if (result === undefined) return [];
    const images = name === "whole" ? `${wholeCount ?? ""}` : `${ipc} a class`;
    return [
      [
        names[name] ?? ROW_NAMES[name]!,
        images,
        accuracy(result),
        String(result.accuracies.length),
        duration(result.seconds),
      ],
    ];
  });
  return table(["training set", "images", "test accuracy", "networks", "time"], rows);
}
