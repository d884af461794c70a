// Jobs whose classes are independent: distillation and banks, cut into shards of classes.

import { counted } from "../../counted.ts";
import { shardObstacle } from "../../distill/config/index.ts";
import { ownBank, settingsOf } from "../../lab/bank/own.ts";
import { type BankJob, type DistillJob, openBank } from "../../lab/index.ts";
import { loadData } from "../../lab/inputs/load.ts";
import { configOf } from "../../lab/inputs/method.ts";
import { bankKind } from "../../lab/kinds/bank.ts";
import type { JobValue } from "../../lab/types.ts";
import { memory } from "../../storage/index.ts";
import { type Cut, type CutStage, type CutTools, rangeTitle, runsOf, uncut } from "./types.ts";

/** Folder of the bank of a plan. */
const BANK = "bank";

export async function cutDistillation(value: JobValue, tools: CutTools): Promise<Cut> {
  const job = value as DistillJob;
  const obstacle = obstacleOf(job);
  if (typeof job.bank === "object") return cutWithBank(job, job.bank, obstacle, tools);
  if (obstacle !== undefined) return uncut(job, obstacle);
  const classes = await classesOf(job, tools);
  if (shared(classes, tools) === undefined) return uncut(job, ONE_CLASS);
  return byClasses(job, classes, tools, "runs");
}

/** Why the classes of a distillation stay together. */
function obstacleOf(job: DistillJob): string | undefined {
  if (job.classes !== undefined) return "It is a shard itself: it is planned whole.";
  const obstacle = shardObstacle(configOf(job));
  return obstacle && `Its classes cannot be shared out: ${obstacle.reason}. It is planned whole.`;
}

const ONE_CLASS = "There is one class, or one job was asked for: it is planned whole.";

async function classesOf(job: DistillJob, tools: CutTools): Promise<number> {
  if (tools.classes !== undefined) return tools.classes;
  if (typeof job.bank !== "string") return (await loadData(job.data, tools)).dataset.train.classNames.length;
  return (await openBank(tools.readers.storage(job.bank))).facts.classNames.length;
}

/** Undefined where there is nothing to share. */
function shared(classes: number, { pieces }: CutTools): number | undefined {
  const count = Math.min(classes, pieces);
  return count > 1 ? count : undefined;
}

/** Shards of a job that has classes. */
function byClasses(job: DistillJob | BankJob, classes: number, tools: CutTools, how: "runs" | "banks"): Cut {
  const stage = classStage(job, classes, tools);
  return {
    by: "classes",
    classes,
    notes: [`${counted(classes, "class", "classes")} in ${counted(stage.count, "job")}.`],
    stages: [stage],
    join: { how, first: 0, count: stage.count },
  };
}

function classStage(job: DistillJob | BankJob, classes: number, { pieces }: CutTools): CutStage {
  const runs = runsOf(classes, pieces);
  return {
    name: job.kind === "bank" ? "statistics" : "distilling",
    count: runs.length,
    piece(number) {
      const [from, to] = runs[number]!;
      const labels = Array.from({ length: to - from }, (_, i) => from + i);
      return { title: `classes ${rangeTitle([from, to])}`, job: { ...job, classes: labels } as DistillJob | BankJob };
    },
  };
}

/** A distillation that makes a bank first: the bank, then shards that distil from it. */
async function cutWithBank(
  job: DistillJob,
  recipe: Exclude<DistillJob["bank"], string | undefined>,
  obstacle: string | undefined,
  tools: CutTools,
): Promise<Cut> {
  if (recipe.path !== undefined || recipe.within !== undefined) {
    return uncut(job, "Its bank has a place of its own, which other runs share: it is planned whole.");
  }
  const own = await ownBank({ ...tools, job }, recipe, memory(), bankKind);
  const { classNames } = own.source.dataset.train;
  if (obstacle !== undefined || shared(classNames.length, tools) === undefined) {
    return uncut(job, obstacle ?? ONE_CLASS);
  }
  const made = { ...job, bank: `${tools.place}/${BANK}`, method: { ...job.method, ...settingsOf(own) } };
  const shards = classStage(made, classNames.length, tools);
  return {
    by: "classes",
    notes: [
      "Its bank is one job: each shard of it would train all networks again.",
      `${counted(classNames.length, "class", "classes")} in ${counted(shards.count, "job")} then.`,
    ],
    stages: [{ name: "bank", count: 1, out: BANK, piece: () => ({ title: "bank", job: own.job }) }, shards],
    join: { how: "runs", first: 1, count: shards.count },
  };
}

export async function cutBank(value: JobValue, tools: CutTools): Promise<Cut> {
  const job = value as BankJob;
  if (job.classes !== undefined) return uncut(job, "It is a shard itself: it is planned whole.");
  if (job.epochs > 0) {
    return uncut(job, "Its networks are trained: each shard of classes would train all of them. It is planned whole.");
  }
  if (configOf(job).norm === "batch") {
    return uncut(job, "With batch norm a draw is one batch of all classes: it is planned whole.");
  }
  const classes = tools.classes ?? (await loadData(job.data, tools)).dataset.train.classNames.length;
  if (shared(classes, tools) === undefined) return { ...uncut(job, ONE_CLASS), classes };
  return byClasses(job, classes, tools, "banks");
}
