// Cuts a job into a plan, by its kind, and measures what the jobs of each stage need.

import { DatadamError } from "../../errors.ts";
import { type JobValue, lab, type PlanOptions } from "../../lab/index.ts";
import { kinds } from "../../lab/registry.ts";
import type { NewPlan } from "../folder.ts";
import { isSteps, type Needs, type PlannedJob, type Stage, type Vary } from "../types.ts";
import { cutBank, cutDistillation } from "./classes.ts";
import { cutContinual, cutEvaluation, cutSearch, cutTable } from "./parts.ts";
import { cutSteps } from "./steps.ts";
import { cutSweep } from "./sweep.ts";
import { type Cut, type CutTools, uncut } from "./types.ts";

/** Seconds without a beat after which the owner of a job counts as gone. */
const LEASE = 30;

const CUTS: Readonly<Record<string, (job: JobValue, tools: CutTools) => Promise<Cut>>> = {
  distill: cutDistillation,
  bank: cutBank,
  evaluate: cutEvaluation,
  table: cutTable,
  nas: cutSearch,
  continual: cutContinual,
};

/** How a job is cut. */
export interface CutOptions extends Pick<CutTools, "pieces" | "place"> {
  /** Values of dotted keys: a job for each combination. Default: none. */
  readonly vary?: Vary | undefined;
  /** Whether steps are measured, to know what jobs need. Default true. */
  readonly measured?: boolean | undefined;
  /** Default 30. */
  readonly lease?: number | undefined;
  /** See {@link Plan}. */
  readonly folder: string;
}

/**
 * Plans a job as many: cut where its parts are independent, whole where they are not. Steps are jobs one after the
 * other, each cut for itself.
 *
 * @param value a job, as it was written; or steps.
 * @throws DatadamError INVALID_OPTION, and what reading its data fails with; the reason of `signal`
 */
export async function cutJob(
  value: Readonly<Record<string, unknown>>,
  { vary, measured = true, lease = LEASE, folder, ...how }: CutOptions,
  options: PlanOptions,
  tell: Pick<CutTools, "note" | "warn" | "progress">,
): Promise<NewPlan> {
  const { readers, signal = new AbortController().signal, versions = {}, environment = {} } = options;
  const tools: CutTools = { ...how, ...tell, readers, signal };
  const steps = isSteps(value);
  if (steps && vary !== undefined) throw new DatadamError("INVALID_OPTION", "Steps cannot be varied");
  const job = steps ? (value as unknown as JobValue) : lab.job(value);
  const cut = steps
    ? await cutSteps(value, tools, cutOf)
    : vary === undefined
      ? await cutOf(job, tools)
      : cutSweep(value, vary);
  const notes = [...cut.notes];
  // Measuring would read the data of steps that are planned without it.
  const unread = steps && value.classes !== undefined;
  if (unread && measured) notes.push("What jobs need is not measured: the data is not read yet.");
  const stages: Stage[] = [];
  let first = 0;
  for (const stage of cut.stages) {
    const measures = measured && !unread && stage.gathers !== true;
    const needs = measures ? await needsOf(stage.piece(0).job, options, tell, notes) : null;
    stages.push({ name: stage.name, first, count: stage.count, needs, ...(stage.out && { out: stage.out }) });
    first += stage.count;
  }
  const { machine = {} } = environment as { readonly machine?: Readonly<Record<string, unknown>> };
  const created = new Date().toISOString();
  return {
    plan: {
      ...{ job, ...(vary && { vary }), by: cut.by, notes, stages, join: cut.join, lease, folder, versions, machine },
      created,
    },
    jobs: linesOf(cut, stages),
  };
}

function cutOf(job: JobValue, tools: CutTools): Promise<Cut> {
  const known = CUTS[job.kind];
  if (known !== undefined) return known(job, tools);
  return Promise.resolve(uncut(job, `A job of the kind ${job.kind} has no independent parts: it is planned whole.`));
}

function* linesOf(cut: Cut, stages: readonly Stage[]): Generator<PlannedJob> {
  for (const [stage, { count, piece }] of cut.stages.entries()) {
    const { first, needs } = stages[stage]!;
    for (let number = 0; number < count; number++) {
      yield { index: first + number, stage, needs, ...piece(number) };
    }
  }
}

/** What the first job of a stage needs: the others are as large, or nearly. Null where it cannot be measured. */
async function needsOf(
  job: JobValue,
  options: PlanOptions,
  tell: Pick<CutTools, "note" | "warn" | "progress">,
  notes: string[],
): Promise<Needs | null> {
  const kind = kinds.find((one) => one.kind === job.kind);
  if (kind?.plan === undefined) {
    notes.push(`What jobs of the kind ${job.kind} need is not measured yet.`);
    return null;
  }
  try {
    const { total, notes: found } = await lab.plan(job, options, tell);
    for (const note of found) if (!notes.includes(note)) notes.push(note);
    return { seconds: total.seconds, memory: total.memory, disk: total.disk };
  } catch (error) {
    if (!(error instanceof DatadamError) || options.signal?.aborted) throw error;
    // Such as a bank or a set that an earlier stage makes.
    notes.push(`What jobs of the kind ${job.kind} need is not measured: ${error.message}.`);
    return null;
  }
}
