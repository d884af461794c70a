// What a distillation will take: the bank that it makes, loading, whitening, some measured steps.

import { resolveConfig } from "../../../distill/config/index.ts";
import { prepare } from "../../../images/index.ts";
import { encodePreprocessing } from "../../../run/portable.ts";
import { openBank } from "../../bank/bank.ts";
import { type OwnBank, ownBank, settingsOf } from "../../bank/own.ts";
import { readFinished } from "../../folder/folder.ts";
import { tensorsOf, withProvenance } from "../../inputs/distilled.ts";
import { checkClasses, type Source } from "../../inputs/load.ts";
import { configOf } from "../../inputs/method.ts";
import { readInitial } from "../../inputs/sets.ts";
import { planDistillation } from "../../plan/distill.ts";
import { planLoading, planWhitening } from "../../plan/images.ts";
import type { PlanContext } from "../../plan/types.ts";
import { bankKind, holdsAll } from "../bank.ts";
import { dataOf } from "./images.ts";
import type { DistillJob } from "./job.ts";
import { recordOf } from "./record.ts";

export async function plan(context: PlanContext<DistillJob>): Promise<void> {
  const { job, readers, meter } = context;
  const own = typeof job.bank === "object" ? await ownBank(context, job.bank, context.storage, bankKind) : undefined;
  const made = own !== undefined && (await isMade(own, job));
  if (own !== undefined && !made) await bankKind.plan!({ ...context, job: own.job, storage: own.storage });
  const place = typeof job.bank === "string" ? readers.storage(job.bank) : made ? own.storage : undefined;
  const bank = place && (await openBank(place));
  const needsImages = bank === undefined || !["noise", "set"].includes(String(job.method.init));
  const load = (): Promise<Source> =>
    planLoading(context, bank === undefined ? job.data : dataOf(job, bank), bank === undefined);
  // The bank's plan has counted the loading.
  const source = own !== undefined && !made ? own.source : needsImages ? await load() : undefined;
  const train = source?.dataset.train ?? bank!.facts;
  const classes = checkClasses(job.classes, train.classNames);
  const visited = own && (made ? ({ networks: 0, draws: "auto" } as const) : settingsOf(own));
  const asked = { ...configOf(job), ...visited };
  const chosen = await bank?.choose(asked, classes);
  const config = chosen?.config ?? resolveConfig(asked, train);
  if (config.zca && source !== undefined) {
    const { count } = source.dataset.train;
    await planWhitening(context, { train, eps: config.zcaEps, fitted: bank === undefined, count, kept: true });
  } else if (config.zca && bank !== undefined) {
    meter.add("the whitening", 1, "file", encodePreprocessing(bank.preprocessing).length);
  }
  const initial = job.initial === undefined ? undefined : await readInitial(job.initial, train, context);
  const prepared = source === undefined ? bank!.facts : await prepare(source.dataset.train, { zca: false });
  const dataset = source?.description ?? bank!.record.dataset;
  const recorded = bank && { path: bank.storage.name, id: bank.id, statistics: chosen!.statistics };
  const clock = { now: () => 0, sleep: async () => {} };
  const record = await recordOf({ ...context, clock }, { config, dataset, classes, initial, bank: recorded });
  await planDistillation(context, {
    ...{ config, prepared, classes, initial, tensorsOf },
    family: chosen?.family,
    kept: own !== undefined,
    resultOf: (set) => withProvenance(set, record, config.iterations, config.iterations),
  });
}

/** Whether a bank is there as the distillation would take it. A named one is a choice, whatever it holds. */
async function isMade({ storage, job }: OwnBank, { bank }: DistillJob): Promise<boolean> {
  if ((await readFinished(storage)) === undefined) return false;
  return (typeof bank === "object" && bank.path !== undefined) || holdsAll(storage, job);
}
