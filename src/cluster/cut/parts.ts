// Jobs of many independent parts: the networks of an evaluation, the cells of a table, the architectures of a search,
// the methods of continual learning.

import { counted } from "../../counted.ts";
import type { ContinualJob, EvaluateJob, NasJob, TableJob } from "../../lab/index.ts";
import { planOf } from "../../lab/kinds/table.ts";
import type { JobValue } from "../../lab/types.ts";
import { type Cut, type CutStage, type CutTools, rangeTitle, runsOf, uncut } from "./types.ts";

const ONE_PART = "It has one part, or one job was asked for: it is planned whole.";

/** Networks of all rows but `whole`, which goes with the first. */
export async function cutEvaluation(value: JobValue, { pieces }: CutTools): Promise<Cut> {
  const job = value as EvaluateJob;
  const runs = runsOf(job.networks, pieces);
  if (runs.length < 2) return uncut(job, ONE_PART);
  const { whole, ...rest } = job;
  const stage: CutStage = {
    name: "networks",
    count: runs.length,
    piece(number) {
      const [from, to] = runs[number]!;
      const part = { ...rest, networks: to - from, first: job.first + from, keep: false };
      const title = `networks ${rangeTitle([job.first + from, job.first + to])}`;
      return { title, job: number === 0 && whole !== undefined ? { ...part, whole } : part };
    },
    alike: (number) => (number === 0 && whole !== undefined ? "whole" : "networks"),
  };
  const notes = [`${job.networks} networks in ${counted(stage.count, "job")}.`];
  if (whole !== undefined) notes.push("The row of the whole set goes with the first job.");
  return joined("networks", stage, notes);
}

/** Cells, seed by seed: sets and records go where the whole table looks for them. */
export async function cutTable(value: JobValue, { place, readers }: CutTools): Promise<Cut> {
  const job = value as TableJob;
  const plan = planOf(job, readers);
  const units = plan.cells.flat().flatMap((cell) => cell.units);
  if (units.length < 2) return uncut(job, ONE_PART);
  const { records = `${place}/result/records`, work = `${place}/result` } = job;
  const stage: CutStage = {
    name: "cells",
    count: units.length,
    piece(number) {
      const { row, column, seed, title } = units[number]!;
      const rows = job.rows.map((one) => (one.name === row ? { ...one, seeds: [seed] } : one));
      const part = { ...job, rows, only: { rows: [row], columns: [column] }, records, work };
      return { title: `${title}, seed ${seed}`, job: part as unknown as JobValue };
    },
    alike: (number) => units[number]!.title,
  };
  return {
    by: "cells",
    notes: [`${counted(units.length, "cell")}, each seed for itself, a job each.`],
    stages: [stage],
    join: { how: "found" },
  };
}

/** Methods: each remembers for itself. */
export async function cutContinual(value: JobValue, { pieces }: CutTools): Promise<Cut> {
  const job = value as ContinualJob;
  const runs = runsOf(job.methods.length, pieces);
  if (runs.length < 2) return uncut(job, ONE_PART);
  const stage: CutStage = {
    name: "methods",
    count: runs.length,
    piece(number) {
      const methods = job.methods.slice(...runs[number]!);
      return { title: methods.join(", "), job: { ...job, methods } as JobValue };
    },
    alike: String,
  };
  return joined("methods", stage, [`${job.methods.length} methods in ${counted(stage.count, "job")}.`]);
}

/** Proxies that are the same whatever others there are, where `ipc` is given. */
const ALONE = ["random", "herding", "k-center", "k-means", "early-stopping"];

/** Proxies, and the reference: what is compared between them is compared at the end. */
export async function cutSearch(value: JobValue, { pieces }: CutTools): Promise<Cut> {
  const job = value as NasJob;
  if (job.halving !== undefined || job.retrain !== undefined) {
    return uncut(job, "Halving and `retrain` follow from what was found before: it is planned whole.");
  }
  const { reference, proxies, ipc } = job;
  if (ipc === undefined || proxies.some((name) => !ALONE.includes(name))) {
    return uncut(job, "Images of all follow from its runs, or need `ipc`: it is planned whole.");
  }
  const trains = reference?.from === "train";
  const count = proxies.length + (trains ? 1 : 0);
  const runs = runsOf(count, pieces);
  if (runs.length < 2) return uncut(job, ONE_PART);
  const stage: CutStage = {
    name: "proxies",
    count: runs.length,
    piece(number) {
      const [from, to] = runs[number]!;
      const own = proxies.slice(from, to);
      const last = trains && to === count;
      const { reference: _, ...rest } = job;
      const title = [...own, ...(last ? ["reference"] : [])].join(", ");
      return { title, job: { ...rest, proxies: own, ...(last && { reference }) } as JobValue };
    },
    alike: String,
  };
  return joined("proxies", stage, [`${counted(count, "ranking")} in ${counted(stage.count, "job")}.`]);
}

function joined(by: string, stage: CutStage, notes: readonly string[]): Cut {
  return { by, notes, stages: [stage], join: { how: "journals", first: 0, count: stage.count } };
}
