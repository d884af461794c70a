// One job of a plan, for a command: what it says, and the exit code that engines act on.

import { createInterface } from "node:readline";
import { type Outcome, readPlan, type WorkOptions, work } from "../../cluster/index.ts";
import { enterFolder, machineType } from "../../cluster/node/index.ts";
import { DatadamError } from "../../errors.ts";
import type { Event } from "../../lab/index.ts";
import { defaults, storageAt, thisProcess } from "../../lab/node/index.ts";
import { EXIT } from "../parse.ts";
import type { Reporter } from "../reporter.ts";
import type { Ui } from "../ui.ts";
import { untilSignal } from "./signals.ts";

/** Milliseconds between two looks at the jobs that this one needs. */
const LOOK = 2000;

export interface WorkFlags {
  readonly index: number | undefined;
  readonly offset: number;
  readonly stdin: boolean;
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

/** Does the job of a plan that a number, or an engine's variable, names; or those of stdin. Sets the exit code. */
export async function workOn(path: string, { index, offset, stdin, wait, workers }: WorkFlags, ui: Ui): Promise<void> {
  const storage = storageAt(path);
  const plan = await readPlan(storage);
  const number = stdin ? 0 : offset + (index ?? numberOf(process.env));
  enterFolder(storage.name, plan.folder);
  const onStop = (name: string): void => ui.reporter.warn(`${name}: stopping at the next safe place`);
  await untilSignal(
    async (signal) => {
      const options = { ...workOptions(signal, ui.reporter), workers };
      const doOne = async (one: number): Promise<Outcome> => {
        for (;;) {
          const found = await work(storage, plan, one, options);
          if (found.end !== "early" || !wait) return found;
          await pause(signal);
        }
      };
      if (stdin) await answerEach(doOne, offset, signal);
      else tell(number, await doOne(number), ui);
    },
    { also: ["SIGUSR1"], onStop },
  );
}

function tell(number: number, outcome: Outcome, ui: Ui): void {
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

/** Jobs whose numbers come on stdin, until it ends. A job that fails ends it. */
async function answerEach(
  doOne: (index: number) => Promise<Outcome>,
  offset: number,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const line of createInterface({ input: process.stdin, signal })) {
      const number = Number(line);
      if (line.trim() === "" || !Number.isSafeInteger(number) || number < 0) {
        throw new DatadamError("INVALID_OPTION", `stdin says ${JSON.stringify(line)}, which is no number of a job`);
      }
      const outcome = await doOne(offset + number);
      process.stdout.write(`${JSON.stringify({ index: number, ...outcome })}\n`);
    }
  } finally {
    // Open, it would keep a process alive whose job has failed.
    process.stdin.destroy();
  }
  signal.throwIfAborted();
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
