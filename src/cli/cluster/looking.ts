// What became of a plan, and its whole, for a command.

import { collect, countOf, type Plan, type PlanStatus, readPlan, statusOf } from "../../cluster/index.ts";
import { agesIn, enterFolder } from "../../cluster/node/index.ts";
import { counted } from "../../counted.ts";
import { DatadamError } from "../../errors.ts";
import type { Storage } from "../../lab/index.ts";
import { isAlive, storageAt } from "../../lab/node/index.ts";
import { show } from "../folders.ts";
import { table } from "../table.ts";
import type { Ui } from "../ui.ts";
import { untilSignal } from "./signals.ts";
import { workOptions } from "./working.ts";

/** Jobs that are named of those in one state. */
const NAMED = 10;
/** Milliseconds between two looks at a plan that is waited for. */
const LOOK = 2000;

export async function printStatus(path: string, ui: Ui): Promise<void> {
  const storage = storageAt(path);
  const plan = await readPlan(storage);
  const status = await statusNow(storage, plan);
  ui.result(textOf(plan, status, storage.name), { plan: storage.name, jobs: countOf(plan), ...status });
}

async function statusNow(storage: Storage, plan: Plan): Promise<PlanStatus> {
  return statusOf(storage, plan, { isAlive, age: await agesIn(storage) });
}

function textOf(plan: Plan, { counts, stages, running, lost, failed, done }: PlanStatus, path: string): string {
  const states = Object.entries(counts).flatMap(([state, count]) => (count > 0 ? [`${count} ${state}`] : []));
  const rows = stages.map(({ name, count, done: ready, failed: wrong }) => [
    name,
    `${ready} of ${count}`,
    wrong === 0 ? "-" : String(wrong),
  ]);
  const named = <T>(what: readonly T[], line: (one: T) => string): string[] => [
    ...what.slice(0, NAMED).map(line),
    ...(what.length > NAMED ? [`  and ${what.length - NAMED} more`] : []),
  ];
  return [
    `${show(path)}: ${counted(countOf(plan), "job")}: ${states.join(", ")}.${done ? " Collected." : ""}`,
    "",
    table(["stage", "done", "failed"], rows),
    ...(running.length + lost.length + failed.length > 0 ? [""] : []),
    ...named(running, ({ index, owner }) => `job ${index} runs: ${owner}`),
    ...named(lost, ({ index, owner }) => `job ${index} is lost: ${owner} gives no sign any more`),
    ...named(failed, ({ index, attempts, message }) => `job ${index} failed (${attempts}): ${message}`),
  ].join("\n");
}

/** Puts the whole together. @param wait whether jobs that are not done are waited for */
export async function collectPlan(path: string, { wait }: { readonly wait: boolean }, ui: Ui): Promise<void> {
  const storage = storageAt(path);
  const plan = await readPlan(storage);
  enterFolder(storage.name, plan.folder);
  const { reporter } = ui;
  const collected = await untilSignal(async (signal) => {
    if (wait) await waitFor(storage, plan, signal, ui);
    return collect(storage, plan, workOptions(signal, reporter));
  });
  reporter.end();
  for (const warning of collected.warnings) reporter.warn(warning);
  ui.result(`${show(collected.folder)}: the whole of ${counted(collected.jobs, "job")}`, collected);
}

/** Until all jobs are done, or a stage is over of which some have failed: those after it do not begin. */
async function waitFor(storage: Storage, plan: Plan, signal: AbortSignal, { reporter }: Ui): Promise<void> {
  for (;;) {
    const { counts, failed, stages } = await statusNow(storage, plan);
    const total = countOf(plan);
    reporter.progress({ stage: "waiting for jobs", done: counts.done, total });
    if (counts.done === total) return;
    const open = stages.find(({ count, done }) => done < count);
    if (open !== undefined && open.done + open.failed === open.count) {
      const [first] = failed;
      throw new DatadamError("PLAN_UNFINISHED", `${counted(counts.failed, "job")} failed: ${first?.message}`, {
        hint: "Mend it, and submit the plan again.",
      });
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK));
    signal.throwIfAborted();
  }
}
