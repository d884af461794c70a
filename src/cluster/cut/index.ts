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
import { type Cut, type CutStage, type CutTools, uncut } from "./types.ts";

/** Groups of jobs of a stage that are measured. */
const MEASURED = 12;
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
  const needs: ReadonlyMap<string, Needs | null>[] = [];
  let first = 0;
  for (const stage of cut.stages) {
    const measures = measured && !unread && stage.gathers !== true;
    const own = measures ? await stageNeeds(stage, options, tell, notes) : new Map<string, Needs | null>();
    needs.push(own);
    const { name, count, out } = stage;
    stages.push({ name, first, count, needs: mostOf([...own.values()]), ...(out && { out }) });
    first += count;
  }
  const { machine = {} } = environment as { readonly machine?: Readonly<Record<string, unknown>> };
  const created = new Date().toISOString();
  return {
    plan: {
      ...{ job, ...(vary && { vary }), by: cut.by, notes, stages, join: cut.join, lease, folder, versions, machine },
      created,
    },
    jobs: linesOf(cut, stages, needs),
  };
}

function cutOf(job: JobValue, tools: CutTools): Promise<Cut> {
  const known = CUTS[job.kind];
  if (known !== undefined) return known(job, tools);
  return Promise.resolve(uncut(job, `A job of the kind ${job.kind} has no independent parts: it is planned whole.`));
}

function* linesOf(
  cut: Cut,
  stages: readonly Stage[],
  needs: readonly ReadonlyMap<string, Needs | null>[],
): Generator<PlannedJob> {
  for (const [stage, one] of cut.stages.entries()) {
    const { first, needs: most } = stages[stage]!;
    for (let number = 0; number < one.count; number++) {
      const own = most === null ? null : needs[stage]!.get(groupOf(one, number));
      yield { index: first + number, stage, needs: own === undefined ? most : own, ...one.piece(number) };
    }
  }
}

function groupOf({ alike = () => "" }: CutStage, number: number): string {
  return alike(number);
}

/** What the jobs of a stage need, by what they have in common. Of very many groups some are measured. */
async function stageNeeds(
  stage: CutStage,
  options: PlanOptions,
  tell: Pick<CutTools, "note" | "warn" | "progress">,
  notes: string[],
): Promise<Map<string, Needs | null>> {
  const firsts = new Map<string, number>();
  for (let number = 0; number < stage.count; number++) {
    const group = groupOf(stage, number);
    if (!firsts.has(group)) firsts.set(group, number);
  }
  const all = [...firsts];
  const some = all.filter((_, i) => all.length <= MEASURED || i % Math.ceil(all.length / MEASURED) === 0);
  if (some.length < all.length) {
    notes.push(
      `${some.length} of ${all.length} kinds of jobs were measured: the others are taken to need the most of them.`,
    );
  }
  const found = new Map<string, Needs | null>();
  for (const [group, number] of some) {
    found.set(group, await needsOf(stage.piece(number).job, options, tell, notes));
  }
  return found;
}

/** The most of everything, as a limit for any of the jobs has to be. */
function mostOf(all: readonly (Needs | null)[]): Needs | null {
  const known = all.filter((one) => one !== null);
  if (known.length === 0) return null;
  const memories = known.flatMap(({ memory }) => (memory === null ? [] : [memory]));
  return {
    seconds: Math.max(...known.map(({ seconds }) => seconds)),
    memory: memories.length === 0 ? null : Math.max(...memories),
    disk: Math.max(...known.map(({ disk }) => disk)),
  };
}

/** What a job needs. Null where it cannot be measured. */
async function needsOf(
  job: JobValue,
  options: PlanOptions,
  tell: Pick<CutTools, "note" | "warn" | "progress">,
  notes: string[],
): Promise<Needs | null> {
  const kind = kinds.find((one) => one.kind === job.kind);
  if (kind?.plan === undefined) {
    remark(notes, `What jobs of the kind ${job.kind} need is not measured.`);
    return null;
  }
  try {
    const { total, notes: found } = await lab.plan(job, options, tell);
    for (const note of found) remark(notes, note);
    return { seconds: total.seconds, memory: total.memory, disk: total.disk };
  } catch (error) {
    if (!(error instanceof DatadamError) || options.signal?.aborted) throw error;
    // Such as a bank or a set that an earlier stage makes.
    remark(notes, `What jobs of the kind ${job.kind} need is not measured: ${error.message}.`);
    return null;
  }
}

function remark(notes: string[], sentence: string): void {
  if (!notes.includes(sentence)) notes.push(sentence);
}
