// Cuts a job into a plan for a command, and says what came of it.

import { cutJob, type Plan, type Vary, writePlan } from "../../cluster/index.ts";
import { relativePlace } from "../../cluster/node/index.ts";
import { counted } from "../../counted.ts";
import { defaults, storageAt, watchMemory } from "../../lab/node/index.ts";
import { show } from "../folders.ts";
import { size, time } from "../plans/printPlan.ts";
import { table } from "../table.ts";
import type { Ui } from "../ui.ts";
import { untilSignal } from "./signals.ts";

export interface PlanningFlags {
  readonly split: number | undefined;
  readonly vary: readonly (readonly [string, readonly unknown[]])[] | undefined;
  readonly measure: boolean;
  readonly lease: number | undefined;
}

/** @param value a job, as it was written */
export async function planCut(
  value: Readonly<Record<string, unknown>>,
  out: string,
  { split, vary, measure, lease }: PlanningFlags,
  ui: Ui,
): Promise<void> {
  const { reporter } = ui;
  const storage = storageAt(out);
  const places = relativePlace(storage.name);
  const varied: Vary | undefined = vary && Object.fromEntries(vary);
  const plan = await untilSignal(async (signal) => {
    const options = { ...defaults, signal, watchMemory };
    const how = { pieces: split ?? Number.MAX_SAFE_INTEGER, vary: varied, measured: measure, lease, ...places };
    const made = await cutJob(value, how, options, reporter);
    return writePlan(storage, made);
  });
  reporter.end();
  ui.result(textOf(plan, storage.name), { plan: storage.name, ...plan });
}

function textOf({ job, by, notes, stages }: Plan, out: string): string {
  const rows = stages.map(({ name, first, count, needs }) => [
    name,
    count === 1 ? String(first) : `${first}-${first + count - 1}`,
    needs === null ? "?" : time(needs.seconds),
    needs === null ? "?" : size(needs.memory),
    needs === null ? "?" : size(needs.disk),
  ]);
  const all = counted(
    stages.reduce((sum, { count }) => sum + count, 0),
    "job",
  );
  return [
    `${show(out)}: a job of the kind ${job.kind} as ${all}, cut by ${by}.`,
    "",
    table(["stage", "jobs", "time each", "memory", "disk"], rows),
    "",
    ...notes,
  ].join("\n");
}
