// The bank of a distillation that makes its own: found, or made as a part of the job, with the work that is still to
// come after each stage.

import type { DistillConfig } from "../../distill/config/index.ts";
import { jsonOf, type Storage } from "../../storage/index.ts";
import { RECORD_FILE, readFinished } from "../folder/folder.ts";
import { inWords, loadData, type Source } from "../inputs/load.ts";
import type { BankJob, BankResult } from "../kinds/bank.ts";
import type { DistillJob } from "../kinds/distill/job.ts";
import type { Context, Event, Kind } from "../types.ts";
import { type BankRecipe, bankName, ENCODER_PROTOCOL, type SettledRecipe, settleRecipe } from "./recipe.ts";
import { checkBankRecord, requireImages } from "./record.ts";
import { decidingSettings } from "./settings.ts";

/** Where a bank is that has no place of its own, within the folder of the distillation. */
export const OWN_FOLDER = "bank";

/** Image passes: forward, with a gradient for images, with one for parameters. */
const PASSES = { statistics: 1, distilling: 2, training: 3 } as const;

/** Where a bank is, and the job that makes it. */
export interface OwnBank {
  readonly recipe: SettledRecipe;
  readonly storage: Storage;
  readonly job: BankJob;
  /** Snapshots of all its networks. */
  readonly networks: number;
  readonly source: Source;
}

/** What is told of a distillation that has a recipe. */
type Told = Pick<Context<DistillJob>, "job" | "readers" | "signal" | "note" | "warn" | "progress">;

/** The bank that a recipe asks for, made or not. @param folder that of the distillation. @param kind of its job */
export async function ownBank(
  context: Told,
  recipe: BankRecipe,
  folder: Storage,
  { schema }: Pick<Kind<BankJob>, "schema">,
): Promise<OwnBank> {
  const { job, readers, note } = context;
  note(`loading ${job.data.dataset}`);
  const source = await loadData(job.data, context);
  note(await inWords(source));
  for (const warning of source.inspect?.() ?? []) context.warn(warning);
  const settled = settleRecipe(recipe, source.dataset.train);
  const { networks, epochs, draws, images, seed, snapshots } = settled;
  const { path, within } = recipe;
  const { fingerprint } = source.description;
  // Of the synthetic side, which other distillations have otherwise.
  const neutral = { factor: 1, space: "normalized" };
  const value = schema.parse({
    kind: "bank",
    data: job.data,
    method: { ...decidingSettings(job.method), ...neutral, networks, draws, batchReal: images, sampling: "even" },
    ...{ seed, epochs, snapshots },
    protocol: { ...ENCODER_PROTOCOL, epochs },
    precision: "float32",
    execution: job.execution,
  });
  const storage =
    path !== undefined
      ? readers.storage(path)
      : within !== undefined
        ? readers.storage(`${within}/${await bankName({ ...value, ...settled, fingerprint })}`)
        : folder.at(OWN_FOLDER);
  await assertSameImages(storage, source);
  return { recipe: settled, storage, job: value, networks: networks * snapshots.length, source };
}

/** @throws DatadamError INVALID_DATA where a bank is there already, of other images */
async function assertSameImages(storage: Storage, { description }: Source): Promise<void> {
  const record = await jsonOf(storage, RECORD_FILE);
  if (record === undefined) return;
  const { dataset } = checkBankRecord(record, `${storage.name}/${RECORD_FILE}`);
  requireImages(storage.name, dataset, description, "Remove that bank, or choose another place for the new one.");
}

/** A bank that is there, and what of it a distillation visits. */
export interface MadeBank {
  /** Those that were made for it; without them, those that fit. */
  readonly statistics?: string;
  readonly settings: Pick<DistillConfig, "networks" | "draws"> & Partial<Pick<DistillConfig, "batchReal" | "sampling">>;
}

/** Makes what is missing of a bank. One that another job finished where this one was to be is taken as it is. */
export async function makeOwnBank(context: Context<DistillJob>, bank: OwnBank): Promise<MadeBank> {
  const { job } = context;
  const { path, draws: wanted = "auto" } = job.bank as BankRecipe;
  if (path !== undefined && (await readFinished(bank.storage)) !== undefined) {
    return { settings: { networks: 0, draws: wanted } };
  }
  const { count, classNames } = bank.source.dataset.train;
  const { epochs, draws, images } = bank.recipe;
  const classes = classNames.length;
  const work = {
    training: bank.recipe.networks * epochs * count * PASSES.training,
    // Of a class with fewer images, all.
    statistics: bank.networks * draws * Math.min(count, classes * images) * PASSES.statistics,
    distilling: job.method.iterations * classes * job.method.ipc * Number(job.method.factor) ** 2 * PASSES.distilling,
  };
  const later: Readonly<Record<string, number>> = {
    training: work.statistics + work.distilling,
    statistics: work.distilling,
  };
  const tell = (event: Event): void => {
    if (event.type === "progress") {
      const { type: _, ...step } = event;
      const own = work[event.stage as keyof typeof work];
      // In steps of this stage.
      const ahead = own === undefined ? undefined : ((later[event.stage] ?? 0) / own) * event.total;
      context.progress({ ...step, ahead });
    } else if (event.type === "note" || event.type === "warning") context.emit(event);
  };
  context.note(`trained networks are kept in ${bank.storage.name}`);
  // What is loaded already, and was warned of.
  const loaded = { ...bank.source, inspect: undefined };
  const readers = { ...context.readers, dataset: async () => loaded };
  const { statistics } = (await context.part(bank.job, bank.storage, { readers, tell })) as BankResult;
  return { statistics, settings: settingsOf(bank) };
}

/** What a distillation visits of its bank. */
export function settingsOf({ networks, recipe: { draws, images } }: OwnBank): MadeBank["settings"] {
  return { networks, draws, batchReal: images, sampling: "even" };
}
