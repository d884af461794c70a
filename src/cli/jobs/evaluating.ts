// Evaluations of the command line: from flags to a job, run to its end, and how they are told.

import { join, resolve } from "node:path";
import { cacheFolder } from "../../data/index.ts";
import { readingArguments } from "../../data/readingTable.ts";
import type { Device } from "../../engine/types.ts";
import type { Evaluation } from "../../evaluate/types.ts";
import { readRunRecord } from "../../lab/folder/record.ts";
import { EVALUATIONS, ROW_NAMES, ROWS, type RowName, type RowNames } from "../../lab/folder/results.ts";
import { type EvaluateJob, type EvaluateResult, job, type Storage } from "../../lab/index.ts";
import { runAt } from "../../lab/inputs/subject.ts";
import { folder, readers } from "../../lab/node/index.ts";
import type { Norm } from "../../nn/index.ts";
import { canonicalJson, checksum, type SourceOptions } from "../../run/index.ts";
import { sizeOf } from "../../tensor/size.ts";
import { printPlan } from "../plans/printPlan.ts";
import { duration } from "../reporter.ts";
import type { JobSettings } from "../settings.ts";
import { accuracy, table } from "../table.ts";
import type { Ui } from "../ui.ts";
import { runJob } from "./running.ts";

/** The flags of `datadam evaluate`. */
export interface EvaluateFlags extends Partial<Pick<JobSettings, "dataset" | "dataDir">>, SourceOptions {
  readonly networks?: number | undefined;
  readonly protocol?: string | undefined;
  /** Names of networks, one row each; default: that of the run. */
  readonly arch?: readonly string[] | undefined;
  /** Name of a pool of networks. */
  readonly pool?: string | undefined;
  /** One row each. */
  readonly norm?: readonly Norm[] | undefined;
  readonly seed?: number | undefined;
  readonly space?: EvaluateJob["space"];
  /** False for `--no-random`. */
  readonly random?: boolean | undefined;
  /** A row of as many real images chosen so, or `none`; default: k-means beside what is distilled of no large set. */
  readonly select?: NonNullable<EvaluateJob["chosen"]> | "none" | undefined;
  /** A row of the whole training part. */
  readonly whole?: boolean | undefined;
  /** A teacher's parameters, or `stored`. */
  readonly softLabels?: string | undefined;
  readonly temperature?: number | undefined;
  readonly workers?: number | undefined;
  readonly device?: Device | undefined;
  readonly log?: "tensorboard" | undefined;
}

/** Numbers in the training images of CIFAR-10: above, choosing among them takes longer than a default should. */
const QUICKLY_CHOSEN = 50_000 * 3 * 32 * 32;

/** The job that the flags ask for. @throws DatadamError INVALID_OPTION */
export async function evaluateJob(set: string, flags: EvaluateFlags): Promise<EvaluateJob> {
  const { networks, protocol, arch, pool, norm, seed, space, random, softLabels, temperature } = flags;
  const { dataDir, workers, device, log } = flags;
  // Kept absolute: the same command from another folder is another evaluation.
  const dataset = flags.dataset && (readers.place?.(flags.dataset, process.cwd()) ?? flags.dataset);
  const whole = flags.whole ? {} : undefined;
  const dir = dataDir === undefined ? undefined : resolve(dataDir);
  const reading = Object.fromEntries(readingArguments.map((key) => [key, flags[key]]));
  const data = { dataset, dir, ...reading };
  const { select = random === false ? "none" : await usualChoice(resolve(set)) } = flags;
  const chosen = select === "none" ? undefined : select;
  const options = { networks, protocol, arch, pool, norm, seed, space, random, chosen, whole, softLabels, temperature };
  const execution = { workers, device, log };
  return job({ kind: "evaluate", set: resolve(set), data, ...options, execution }) as EvaluateJob;
}

/** Chosen images stand beside a distilled set where choosing them is quick. */
async function usualChoice(set: string): Promise<"k-means" | "none"> {
  const run = await runAt(set, readers);
  if (run === undefined) return "none";
  const { dataset, selection } = await readRunRecord(run);
  const numbers = dataset.count * sizeOf(dataset.shape);
  return selection === undefined && numbers <= QUICKLY_CHOSEN ? "k-means" : "none";
}

/**
 * Evaluates a set with each network that the job names; the results of a run's set are kept in the run. Stopped or
 * killed, the same job goes on where it was.
 */
export async function runEvaluation(value: EvaluateJob, ui: Ui): Promise<EvaluateResult> {
  const stopped = (): string => "stopped; the same command goes on where it was";
  return (await runJob<EvaluateResult>(value, await storageOf(value), ui, { stopped })).result;
}

/** Prints what an evaluation will take. */
export async function planEvaluation(value: EvaluateJob, ui: Ui): Promise<void> {
  await printPlan(value, { storage: await storageOf(value) }, ui);
}

/** A folder in the run; of a set that is no run, one in the cache. */
async function storageOf(value: EvaluateJob): Promise<Storage> {
  const run = await runAt(value.set, readers);
  const { execution: _, ...what } = value;
  const name = checksum(canonicalJson(what)).slice(0, 12);
  return folder(join(run?.name ?? cacheFolder(), EVALUATIONS, name));
}

/** Over the best of tests along the way. */
export const CHECKED = "best of checks (chosen on test images)";

/** Random, chosen, distilled and whole set, as far as they were measured, under other names where given. */
export function accuracyTable(
  results: { readonly [Row in RowName]?: Evaluation | undefined },
  ipc: number,
  { wholeCount, names = {} }: { wholeCount?: number; names?: RowNames } = {},
): string {
  const checked = Object.values(results).some((result) => result?.best !== undefined);
  const rows = ROWS.flatMap((name) => {
    const result = results[name];
    if (result === undefined) return [];
    const images = name === "whole" ? `${wholeCount ?? ""}` : `${ipc} a class`;
    return [
      [
        names[name] ?? ROW_NAMES[name],
        images,
        accuracy(result),
        ...(checked ? [result.best === undefined ? "" : accuracy(result.best)] : []),
        String(result.accuracies.length),
        duration(result.seconds),
      ],
    ];
  });
  const accuracies = ["test accuracy", ...(checked ? [CHECKED] : [])];
  return table(["training set", "images", ...accuracies, "networks", "time"], rows);
}
