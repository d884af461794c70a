// How a job was cut: what a plan is made of.

import type { JobValue, LabOptions } from "../../lab/types.ts";
import type { Join, PlannedJob, Stage } from "../types.ts";

/** What there is to do in a job of a plan. */
export type Piece = Pick<PlannedJob, "title" | "job" | "join">;

/** Jobs that may run at once. */
export interface CutStage extends Pick<Stage, "name" | "count" | "out"> {
  /** Whether it only gathers what the stages before it have left: what it needs is not measured. */
  readonly gathers?: boolean;
  /** @param number of the job within the stage, from 0 */
  piece(number: number): Piece;
  /** What jobs that need as much have in common: one of them is measured. Default: all jobs of the stage need alike. */
  alike?(number: number): string;
}

export interface Cut {
  readonly by: string;
  readonly notes: readonly string[];
  readonly stages: readonly CutStage[];
  readonly join: Join;
  /** How many classes there are, where they were counted. */
  readonly classes?: number;
}

/** What cutting needs. */
export interface CutTools extends Pick<LabOptions, "readers"> {
  /** At most so many jobs at once. */
  readonly pieces: number;
  /** The folder of the plan, as its jobs name it. */
  readonly place: string;
  /** How many classes there are, where that is known before the data is there. */
  readonly classes?: number | undefined;
  readonly signal: AbortSignal;
  note(message: string): void;
  warn(message: string): void;
  progress(step: { readonly stage: string; readonly done: number; readonly total: number }): void;
}

/** One job, and why it is one. */
export function uncut(job: JobValue, ...notes: readonly string[]): Cut {
  const stage: CutStage = { name: job.kind, count: 1, out: "result", piece: () => ({ title: job.kind, job }) };
  return { by: "nothing", notes, stages: [stage], join: { how: "whole" } };
}

/** `count` things in at most `pieces` runs of them, as equal as can be: where each begins and ends. */
export function runsOf(count: number, pieces: number): readonly (readonly [from: number, to: number])[] {
  const all = Math.min(count, pieces);
  return Array.from({ length: all }, (_, i) => [Math.floor((i * count) / all), Math.floor(((i + 1) * count) / all)]);
}

/** Numbers of a run, such as `4` or `0-4`. */
export function rangeTitle([from, to]: readonly [number, number]): string {
  return to - from === 1 ? String(from) : `${from}-${to - 1}`;
}
