// Plans of the command line: what a job will take, as a short table.

import { type JobValue, type Plan, plan, type Storage } from "../../lab/index.ts";
import { defaults, watchMemory } from "../../lab/node/index.ts";
import { Interrupted } from "../fail.ts";
import { duration } from "../reporter.ts";
import { table } from "../table.ts";
import type { Ui } from "../ui.ts";

export interface PlanningOptions {
  /** The folder of the job, which is only read. */
  readonly storage?: Storage | undefined;
  /** Steps, or seconds, between its checkpoints. */
  readonly checkpoint?: { readonly steps?: number | undefined; readonly seconds?: number | undefined };
}

/** Measures what a job will take, and prints it. @throws Interrupted after a signal */
export async function printPlan(job: JobValue, { storage, checkpoint }: PlanningOptions, ui: Ui): Promise<void> {
  const { reporter } = ui;
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals): void => controller.abort(new Interrupted(signal));
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  try {
    const options = { ...defaults, storage, checkpoint, watchMemory, signal: controller.signal };
    const made = await plan(job, options, {
      note: (message) => reporter.note(message),
      warn: (message) => reporter.warn(message),
      progress: (step) => reporter.progress(step),
    });
    reporter.end();
    ui.result(textOf(made), made);
  } finally {
    reporter.end();
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
}

function textOf({ job, machine, phases, total, notes }: Plan): string {
  const rows = phases.map(({ name, count, unit, seconds, memory, disk }) => {
    return [name, amount(count, unit), time(seconds), size(memory), size(disk)];
  });
  const all = ["total", "", time(total.seconds), size(total.memory), size(total.disk)];
  const { cpu, device, workers } = machine;
  const where = [cpu, device, `${workers} workers`].filter((part) => part !== undefined).join(", ");
  return [
    `Plan of a job of the kind ${job.kind}: projected from a few steps on this machine (${where}).`,
    "",
    table(["phase", "to do", "time", "memory", "disk"], [...rows, all]),
    ...(notes.length === 0 ? [] : ["", ...notes]),
  ].join("\n");
}

function amount(count: number, unit: string): string {
  const plural = unit.endsWith("s") ? `${unit}es` : `${unit}s`;
  return `${count} ${count === 1 ? unit : plural}`;
}

/** Seconds as a person reads them. */
export function time(seconds: number): string {
  if (seconds === 0) return "-";
  return seconds < 10 ? `${seconds.toFixed(1)} s` : duration(seconds);
}

/** Bytes as a person reads them. */
export function size(bytes: number | null): string {
  if (bytes === null || bytes === 0) return "-";
  if (bytes >= 2 ** 30) return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  return bytes >= 2 ** 20 ? `${(bytes / 2 ** 20).toFixed(1)} MiB` : `${Math.ceil(bytes / 1024)} KiB`;
}
