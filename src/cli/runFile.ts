// Jobs out of files: read, run, and their results printed as their own commands print them.

import { isSteps } from "../cluster/types.ts";
import { DatadamError } from "../errors.ts";
import {
  type DistillResult,
  type EvaluateResult,
  type JobValue,
  job,
  jobSchema,
  type SelectResult,
  type TrainResult,
} from "../lab/index.ts";
import { folder } from "../lab/node/index.ts";
import type { PlanningFlags } from "./cluster/planning.ts";
import { removeIfUnused, reserve, show } from "./folders.ts";
import { printDistilled } from "./jobs/distilling.ts";
import { printEvaluations } from "./jobs/printEvaluations.ts";
import { runJob } from "./jobs/running.ts";
import { printSelected } from "./jobs/selecting.ts";
import { printTrained } from "./jobs/training.ts";
import { readJsonFile } from "./jsonFile.ts";
import { printPlan } from "./plans/printPlan.ts";
import { json } from "./shell/text.ts";
import type { Ui } from "./ui.ts";

type Printer = (result: never, ui: Ui, directory: string) => void;

/** How results of other kinds are printed. */
const PRINTERS: Readonly<Record<string, () => Promise<Printer>>> = {
  bank: async () => (await import("./jobs/banks/making.ts")).printBank,
  bench: async () => (await import("./jobs/bench.ts")).printBench,
  continual: async () => (await import("./jobs/continual.ts")).printContinual,
  data: async () => (await import("./jobs/data.ts")).printData,
  nas: async () => (await import("./jobs/nas.ts")).printNas,
  replay: async () => (await import("./jobs/replay.ts")).printReplay,
};

export async function runFile(
  path: string | undefined,
  { out, workers }: { readonly out: string | undefined; readonly workers: number | undefined },
  ui: Ui,
): Promise<void> {
  if (path === undefined) {
    throw new DatadamError("INVALID_OPTION", "run needs the file of a job", {
      hint: "datadam run JOB.json --out DIR, or datadam run --schema",
    });
  }
  const value = withWorkers(readJob(path), workers);
  const directory = out ?? reserve(`runs/${value.kind}`);
  const storage = folder(directory);
  try {
    const { result, already } = await runJob(value, storage, ui, {
      stopped: () => `stopped; the same command with --out ${show(storage.name)} resumes`,
    });
    if (value.kind === "distill") {
      printDistilled({ result: result as DistillResult, already, directory: storage.name }, ui);
    } else if (value.kind === "evaluate") {
      printEvaluations((value as unknown as { set: string }).set, result as EvaluateResult, ui);
    } else if (value.kind === "select") {
      printSelected(storage.name, result as SelectResult, ui);
    } else if (value.kind === "train") {
      printTrained({ result: result as TrainResult, already, directory: storage.name }, ui);
    } else if (Object.hasOwn(PRINTERS, value.kind)) {
      (await PRINTERS[value.kind]!())(result as never, ui, storage.name);
    } else ui.result(JSON.stringify(result, undefined, 2), result);
  } finally {
    if (out === undefined) removeIfUnused(directory);
  }
}

/** Prints what the job of a file will take. */
export async function planFile(
  path: string,
  { out, workers }: { readonly out: string | undefined; readonly workers: number | undefined },
  ui: Ui,
): Promise<void> {
  const storage = out === undefined ? undefined : folder(out);
  await printPlan(withWorkers(readJob(path), workers), { storage }, ui);
}

/** Cuts the job of a file into a plan. */
export async function cutFile(
  path: string,
  out: string,
  { workers, ...flags }: PlanningFlags & { readonly workers: number | undefined },
  ui: Ui,
): Promise<void> {
  const value = readJsonFile(path, { what: "the job", code: "INVALID_OPTION" }) as JobValue;
  const { planCut } = await import("./cluster/planning.ts");
  if (!isSteps(value)) readJob(path);
  await planCut({ ...withWorkers(value, workers) }, out, flags, ui);
}

function withWorkers(value: JobValue, workers: number | undefined): JobValue {
  return workers === undefined ? value : { ...value, execution: { ...value.execution, workers } };
}

/** @throws DatadamError INVALID_OPTION with the file and the paths of the keys that are wrong */
function readJob(path: string): JobValue {
  const content = readJsonFile(path, { what: "the job", code: "INVALID_OPTION" });
  if (isSteps(content)) {
    throw new DatadamError("INVALID_OPTION", `${path} holds steps, which run as a plan`, {
      hint: `datadam plan ${path} --split 10 --out plan/, then datadam submit plan/ --to local`,
    });
  }
  try {
    return job(content);
  } catch (error) {
    if (!(error instanceof DatadamError)) throw error;
    const { code, message, hint } = error;
    throw new DatadamError(code, `${path}: ${message}`, { cause: error, ...(hint !== undefined && { hint }) });
  }
}

/** The JSON Schema of all jobs, for editors. */
export function printSchema(): void {
  process.stdout.write(`${json(jobSchema(), 2)}\n`);
}
