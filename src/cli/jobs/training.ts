// Trainings of the command line: from flags to a job, begun, resumed, brought to their end.

import { join } from "node:path";
import { counted } from "../../counted.ts";
import { READING, readingArguments } from "../../data/readingTable.ts";
import type { Device } from "../../engine/types.ts";
import { DatadamError } from "../../errors.ts";
import { job, readJobFile, type TrainJob, type TrainResult } from "../../lab/index.ts";
import { folder } from "../../lab/node/index.ts";
import type { Norm } from "../../nn/index.ts";
import type { SourceOptions } from "../../run/index.ts";
import { PARAMETERS_FILE } from "../../run/portable.ts";
import { removeIfUnused, reserve, show, slug } from "../folders.ts";
import { printPlan } from "../plans/printPlan.ts";
import { duration } from "../reporter.ts";
import { dataOf } from "../source.ts";
import type { Ui } from "../ui.ts";
import { type Ran, runJob } from "./running.ts";

/** Seconds between checkpoints where no number of steps is given: they hold all parameters twice. */
const CHECKPOINT_SECONDS = 60;

/** The flags of `datadam train`. */
export interface TrainFlags extends SourceOptions {
  readonly dataset?: string | undefined;
  readonly dataDir?: string | undefined;
  readonly arch?: string | undefined;
  readonly norm?: Norm | undefined;
  readonly width?: number | undefined;
  readonly depth?: number | undefined;
  readonly protocol?: string | undefined;
  readonly epochs?: number | undefined;
  readonly batch?: number | undefined;
  readonly zca?: boolean | undefined;
  readonly seed?: number | undefined;
  readonly out?: string | undefined;
  readonly checkpointEvery?: number | undefined;
  readonly workers?: number | undefined;
  readonly device?: Device | undefined;
  readonly log?: "tensorboard" | undefined;
}

/** A training that has ended. */
export interface Trained extends Ran<TrainResult> {
  readonly directory: string;
}

/** Runs a training in a folder, or in one with the first free number. */
export async function startTraining(flags: TrainFlags, ui: Ui): Promise<Trained> {
  const { out } = flags;
  const value = trainJob(flags);
  const directory = out ?? reserve(`runs/${slug(value.data.dataset)}-${value.network.arch}`);
  try {
    return await runTraining(value, directory, flags.checkpointEvery, ui);
  } catch (error) {
    if (out === undefined) removeIfUnused(directory);
    if (!(error instanceof DatadamError && error.code === "RUN_EXISTS")) throw error;
    throw new DatadamError(error.code, error.message, {
      hint: `Resume it by --resume ${show(directory)}, or choose another folder with --out.`,
      cause: error,
    });
  }
}

/** The job that the flags ask for. @throws DatadamError INVALID_OPTION */
function trainJob(flags: TrainFlags): TrainJob {
  const { arch, norm, width, depth, protocol: name, epochs, batch, zca, seed, workers, device, log } = flags;
  return job({
    kind: "train",
    data: dataOf({ ...flags, dataset: flags.dataset ?? "builtin" }),
    network: { arch, norm, width, depth },
    protocol: { name, epochs, batch },
    zca,
    seed,
    execution: { workers, device, log },
  }) as TrainJob;
}

/** Prints what a new training, or one that is resumed, will take. */
export async function planTraining(flags: TrainFlags, resume: string | undefined, ui: Ui): Promise<void> {
  const value = resume === undefined ? trainJob(flags) : await resumedJob(resume, flags);
  const directory = resume ?? flags.out;
  const storage = directory === undefined ? undefined : folder(directory);
  await printPlan(value, { storage, checkpoint: { steps: flags.checkpointEvery, seconds: CHECKPOINT_SECONDS } }, ui);
}

/** Resumes the training of a folder, which may be at its end already. */
export async function resumeTraining(directory: string, flags: TrainFlags, ui: Ui): Promise<Trained> {
  return runTraining(await resumedJob(directory, flags), directory, flags.checkpointEvery, ui);
}

async function resumedJob(directory: string, flags: TrainFlags): Promise<TrainJob> {
  assertNoFixedFlags(flags);
  const earlier = await readJobFile(folder(directory));
  if (earlier === undefined) {
    throw new DatadamError("RUN_NOT_FOUND", `No training in ${show(directory)}: there is no job.json`, {
      hint: "Start one with: datadam train --out DIR",
    });
  }
  if (earlier.kind !== "train") {
    throw new DatadamError("INVALID_RUN", `${show(directory)} holds a job of the kind ${earlier.kind}`, {
      hint: `Resume it by: datadam run ${join(show(directory), "job.json")} --out ${show(directory)}`,
    });
  }
  const { data, execution, ...rest } = earlier as TrainJob;
  const { dir = data.dir, store = data.store } = dataOf({ ...flags, dataset: data.dataset });
  const { workers = execution?.workers, device = execution?.device, log = execution?.log } = flags;
  return job({ ...rest, data: { ...data, dir, store }, execution: { workers, device, log } }) as TrainJob;
}

async function runTraining(
  value: TrainJob,
  directory: string,
  checkpointEvery: number | undefined,
  ui: Ui,
): Promise<Trained> {
  const storage = folder(directory);
  let steps = 0;
  const ran = await runJob<TrainResult>(value, storage, ui, {
    checkpoint: { steps: checkpointEvery, seconds: CHECKPOINT_SECONDS },
    stopping: "finishing this step and writing a checkpoint",
    onEvent(event) {
      if (event.type === "progress" && event.stage === "training") steps = event.total;
    },
    stopped: (last) =>
      last === undefined
        ? undefined
        : `stopped after step ${last} of ${steps}; resume with: datadam train --resume ${show(storage.name)}`,
  });
  return { ...ran, directory: storage.name };
}

/** A training's record fixes all but where its data lie and what works on them. */
function assertNoFixedFlags(flags: TrainFlags): void {
  const fixed = ["dataset", ...readingArguments.filter((key) => READING[key].decidesImages)] as const;
  const trainingKeys = ["arch", "norm", "width", "depth", "protocol", "epochs", "batch", "zca", "seed", "out"] as const;
  const wrong = [...fixed, ...trainingKeys].filter((key) => flags[key] !== undefined);
  if (wrong.length === 0) return;
  throw new DatadamError("INVALID_OPTION", `--resume does not go with --${wrong.join(", --")}`, {
    hint: "Leave these out to resume the training as it is, or start a new one.",
  });
}

/** Says how well the network does, and where its parameters are. */
export function printTrained({ directory, result }: Trained, ui: Ui): void {
  const { network, images, accuracy, count, seconds } = result;
  const parameters = join(directory, PARAMETERS_FILE);
  const measured = `${accuracy.toFixed(1)} % of ${counted(count, "test image")}, ${duration(seconds)}`;
  ui.result(`${network.name} on all ${images} images: ${measured}\n${show(parameters)}`, {
    run: directory,
    parameters,
    ...result,
  });
}
