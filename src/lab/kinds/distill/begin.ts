// How a distillation begins, or goes on: with its images, or with a bank.

import { parseConfig, resolveConfig } from "../../../distill/config/index.ts";
import type { Family } from "../../../distill/index.ts";
import { DatadamError } from "../../../errors.ts";
import { classMembers, type PreparedSet, type SyntheticSet } from "../../../images/index.ts";
import type { RunBank, RunRecord } from "../../../run/portable.ts";
import type { Storage } from "../../../storage/index.ts";
import { openBank } from "../../bank/bank.ts";
import { type MadeBank, makeOwnBank, OWN_FOLDER, type OwnBank, ownBank } from "../../bank/own.ts";
import { RECORD_FILE } from "../../folder/folder.ts";
import { placeOf } from "../../inputs/data.ts";
import { asFound, checkClasses, inWords, loadData, reloadData, type Source } from "../../inputs/load.ts";
import { configOf } from "../../inputs/method.ts";
import { prepareSet } from "../../inputs/prepare.ts";
import { keepPreprocessing, keptPreprocessing, readInitial, rereadInitial } from "../../inputs/sets.ts";
import type { Context } from "../../types.ts";
import { bankKind } from "../bank.ts";
import { bankImages } from "./images.ts";
import type { DistillJob } from "./job.ts";
import { recordOf } from "./record.ts";

/** A run that can go on: its record, and what it needs of the disk. */
export interface Begun {
  readonly record: RunRecord;
  /** The prepared images. @param needed false: their facts will do, where a bank has all the rest */
  images(needed: boolean): Promise<PreparedSet>;
  initial(): Promise<SyntheticSet | undefined>;
  readonly family?: Family | undefined;
}

/** A new run. */
export async function begin(context: Context<DistillJob>): Promise<Begun> {
  const { job, folder, note, warn, readers } = context;
  if (typeof job.bank === "string") return beginFromBank(context, { storage: readers.storage(job.bank) });
  if (job.bank !== undefined) {
    const own = await ownBank(context, job.bank, folder.storage, bankKind);
    checkBefore(context, own.source);
    return beginFromBank(context, { storage: own.storage, made: await makeOwnBank(context, own), own });
  }
  note(`loading ${job.data.dataset}`);
  const source = await loadData(job.data, context);
  const { train } = source.dataset;
  note(await inWords(source));
  for (const warning of source.inspect?.() ?? []) warn(warning);
  const config = resolveConfig(configOf(job), train);
  const classes = checkClasses(job.classes, train.classNames);
  const prepared = await prepareSet(train, config, context);
  const initial = job.initial === undefined ? undefined : await readInitial(job.initial, train, context);
  const record = await recordOf(context, { config, dataset: source.description, classes, initial });
  context.signal.throwIfAborted();
  await keepPreprocessing(folder.storage, prepared.preprocessing);
  await folder.begin(record);
  return { record, images: async () => prepared, initial: async () => initial };
}

/** What would be refused after hours of training, before them. @throws DatadamError INVALID_OPTION, INVALID_DATA */
function checkBefore({ job, warn }: Context<DistillJob>, { dataset: { train } }: Source): void {
  const { init, ipc, factor } = resolveConfig(configOf(job), train);
  const classes = checkClasses(job.classes, train.classNames) ?? undefined;
  if (init === "noise" || init === "set") return;
  const places = ipc * factor ** 2;
  // They may be taken again where an image holds several of them.
  const members = classMembers(train, ipc, classes);
  const least = Math.min(...[...(classes ?? members.keys())].map((c) => members[c].length));
  if (least >= places) return;
  const room = `${places} initial images (ipc ${ipc}, factor ${factor})`;
  warn(`a class has ${least} images, fewer than ${room}: some are taken twice`);
}

/** A bank to begin from. */
interface Found {
  readonly storage: Storage;
  /** Where the distillation made it: its id and what it needs of it. */
  readonly made?: MadeBank | undefined;
  readonly own?: OwnBank | undefined;
}

/** Begins with what a bank holds: real images are read for the initial ones alone. */
async function beginFromBank(context: Context<DistillJob>, { storage, made, own }: Found): Promise<Begun> {
  const { job, folder, note } = context;
  note(`opening the bank ${storage.name}`);
  const bank = await openBank(storage);
  const classes = checkClasses(job.classes, bank.facts.classNames);
  const { config, statistics, family } = await bank.choose(
    { ...configOf(job), ...made?.settings },
    classes,
    made?.statistics,
  );
  const needsImages = config.init !== "noise" && config.init !== "set";
  const images = needsImages ? await bankImages(context, bank, { source: own?.source }) : undefined;
  const initial = job.initial === undefined ? undefined : await readInitial(job.initial, bank.facts, context);
  const dataset = images?.description ?? bank.record.dataset;
  const record = await recordOf(context, {
    config,
    dataset,
    classes,
    initial,
    bank: { path: bank.storage.name, id: bank.id, statistics },
  });
  context.signal.throwIfAborted();
  await keepPreprocessing(folder.storage, bank.preprocessing);
  await folder.begin(record);
  return { record, images: async () => images?.prepared ?? bank.facts, initial: async () => initial, family };
}

/** A run that was begun earlier, from what its folder records. */
export async function resume(context: Context<DistillJob>, record: RunRecord): Promise<Begun> {
  const { job, folder, note } = context;
  note(`resuming ${folder.storage.name}`);
  const { initial } = record;
  if (record.bank !== undefined) return resumeFromBank(context, record, record.bank);
  if (job.bank !== undefined) {
    throw new DatadamError("RUN_EXISTS", `${folder.storage.name} is a run that was begun without a bank`, {
      hint: "Leave out `bank`, or start a new run.",
    });
  }
  const source = await reloadData(record.dataset, placeOf(job.data), context);
  const { train } = source.dataset;
  const known = record.config.zca ? await keptPreprocessing(folder.storage) : undefined;
  const prepared = await prepareSet(train, record.config, context, known);
  return {
    record: { ...record, dataset: asFound(record.dataset, source) },
    images: async () => prepared,
    initial: async () => initial && rereadInitial(initial, train, context),
  };
}

/** Where the bank of a run that is resumed is now. */
async function bankStorage(
  { job: { bank }, readers, folder }: Context<DistillJob>,
  { path }: RunBank,
): Promise<Storage> {
  if (typeof bank === "string") return readers.storage(bank);
  const inside = bank !== undefined && bank.path === undefined && bank.within === undefined;
  const own = folder.storage.at(OWN_FOLDER);
  // That of a merged run is a shard's.
  return inside && (await own.size(RECORD_FILE)) !== undefined ? own : readers.storage(path);
}

/** @throws DatadamError INVALID_DATA where the bank is no longer the same */
async function resumeFromBank(context: Context<DistillJob>, record: RunRecord, recorded: RunBank): Promise<Begun> {
  const { initial, config, classes } = record;
  const bank = await openBank(await bankStorage(context, recorded));
  const { family, statistics } = await bank.choose(parseConfig({ ...config }), classes, recorded.statistics);
  if (bank.id !== recorded.id || statistics !== recorded.statistics) {
    throw new DatadamError("INVALID_DATA", `${bank.storage.name} is not the bank that the run was begun with`, {
      hint: "Put the earlier one back, or start a new run.",
    });
  }
  return {
    record,
    family,
    images: async (needed) => {
      const fromImages = config.init !== "noise" && config.init !== "set";
      return needed && fromImages ? (await bankImages(context, bank)).prepared : bank.facts;
    },
    initial: async () => initial && rereadInitial(initial, bank.facts, context),
  };
}
