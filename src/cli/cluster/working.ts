// One job of a plan, for a command: what it says, and the exit code that engines act on.

import { readPlan, type WorkOptions, work } from "../../cluster/index.ts";
import { enterFolder, machineType } from "../../cluster/node/index.ts";
import { DatadamError } from "../../errors.ts";
import type { Event } from "../../lab/index.ts";
import { defaults, folder, thisProcess } from "../../lab/node/index.ts";
import { EXIT } from "../parse.ts";
import type { Reporter } from "../reporter.ts";
import type { Ui } from "../ui.ts";
import { untilSignal } from "./signals.ts";

/** Milliseconds between two looks at the jobs that this one needs. */
const LOOK = 2000;

export interface WorkFlags {
  readonly index: number | undefined;
  readonly offset: number;
  readonly wait: boolean;
  readonly workers: number | undefined;
}

/** What a worker is handed in Node. */
export function workOptions(signal: AbortSignal, reporter: Reporter): WorkOptions {
  return { ...defaults, signal, owner: thisProcess(), machine: machineType(), onEvent: reporting(reporter) };
}

function reporting(reporter: Reporter): (event: Event) => void {
  return (event) => {
    if (event.type === "progress") reporter.progress(event);
    else if (event.type === "note") reporter.note(event.message);
    else if (event.type === "warning") reporter.warn(event.message);
  };
}

/** Does the job of a plan that a number, or an engine's variable, names. Sets the exit code. */
export async function workOn(path: string, { index, offset, wait, workers }: WorkFlags, ui: Ui): Promise<void> {
  const storage = folder(path);
  const plan = await readPlan(storage);
  const number = offset + (index ?? numberOf(process.env));
  enterFolder(storage.name, plan.folder);
  const onStop = (name: string): void => ui.reporter.warn(`${name}: stopping at the next safe place`);
  const outcome = await untilSignal(
    async (signal) => {
      const options = { ...workOptions(signal, ui.reporter), workers };
      for (;;) {
        const found = await work(storage, plan, number, options);
        if (found.end !== "early" || !wait) return found;
        await pause(signal);
      }
    },
    { also: ["SIGUSR1"], onStop },
  );
  ui.reporter.end();
  const text = {
    done: "done",
    already: "done before",
    held: "another process is at it: nothing was done",
    early: `job ${"needs" in outcome ? outcome.needs : ""}, which it needs, is not done yet`,
  }[outcome.end];
  ui.result(`job ${number}: ${text}`, { index: number, ...outcome });
  if (outcome.end === "held" || outcome.end === "early") process.exitCode = EXIT.tryAgain;
}

async function pause(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, LOOK);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
  signal.throwIfAborted();
}

/** @throws DatadamError INVALID_OPTION where no engine says which job it is */
function numberOf(environment: NodeJS.ProcessEnv): number {
  for (const name of ["SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX"]) {
    const text = environment[name];
    if (text !== undefined && /^\d+$/.test(text)) return Number(text);
  }
  throw new DatadamError("INVALID_OPTION", "worker needs the number of a job", {
    hint: "Give --index, or run it where SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX says it.",
  });
}
