// A bank in figures: what it holds, and what more of it would cost.

import { PREPROCESSING_FILE, type RunDataset } from "../../run/portable.ts";
import type { Storage } from "../../storage/index.ts";
import { readFinished } from "../folder/folder.ts";
import type { BankResult } from "../kinds/bank.ts";
import { type Bank, openBank, type StoredStatistics } from "./bank.ts";
import { isFinishedBank } from "./contents.ts";
import { type BankRecord, drawFile, NETWORKS, STATISTICS, snapshotFile } from "./record.ts";

/** What something more would cost. */
export interface Cost {
  readonly bytes: number;
  /** On the machine that made the bank; null where that is not known. */
  readonly seconds: number | null;
}

/** Some statistics of a bank, in figures. */
export interface StatisticsInfo extends StoredStatistics {
  /** Draws that were asked for: networks times draws. */
  readonly wanted: number;
  readonly bytes: number;
  /** One more network, with as many draws as the others; of trained ones, all its snapshots. Null before the first. */
  readonly nextNetwork: Cost | null;
  /** One more draw of every network. Null before the first. */
  readonly nextDraw: Cost | null;
}

/** What {@link bankInfo} gives. */
export interface BankInfo extends Pick<BankRecord, "seed" | "network" | "zca" | "training" | "classes"> {
  /** Where it is. */
  readonly bank: string;
  /** Content-addressed: equal banks have equal ids. */
  readonly id: string;
  readonly dataset: RunDataset;
  readonly finished: boolean;
  readonly statistics: readonly StatisticsInfo[];
  /** Of statistics, trained networks and whitening. */
  readonly bytes: number;
}

/**
 * What a bank holds, in numbers, and what one more network or draw would cost.
 *
 * @throws DatadamError RUN_NOT_FOUND, INVALID_RUN
 */
export async function bankInfo(storage: Storage): Promise<BankInfo> {
  const bank = await openBank(storage);
  const { id, record } = bank;
  const { seed, network, zca, training, classes, dataset } = record;
  const result = (await readFinished(storage))?.result as BankResult | undefined;
  const statistics = await Promise.all(bank.stored.map((stored) => statisticsInfo(bank, stored, result)));
  const others = (await bytesIn(storage, NETWORKS)) + ((await storage.size(PREPROCESSING_FILE)) ?? 0);
  return {
    bank: storage.name,
    id,
    dataset,
    seed,
    network,
    zca,
    training,
    classes,
    finished: await isFinishedBank(storage),
    statistics,
    bytes: statistics.reduce((sum, { bytes }) => sum + bytes, others),
  };
}

async function statisticsInfo(
  { storage, record }: Bank,
  stored: StoredStatistics,
  result: BankResult | undefined,
): Promise<StatisticsInfo> {
  const { id, networks, draws } = stored;
  const folder = `${STATISTICS}/${id}`;
  // Files of one length, but for the digits of their numbers.
  const one = await storage.size(`${folder}/${drawFile(1, 0)}`);
  const known = result?.statistics === id ? result : undefined;
  const { snapshots = [] } = record.training ?? {};
  const parameters = snapshots.length === 0 ? 0 : await storage.size(snapshotFile(1, snapshots[0]!));
  const cost = (count: number, trained: boolean): Cost | null => {
    if (one === undefined || parameters === undefined) return null;
    const seconds = (known?.secondsPerDraw ?? Number.NaN) * count;
    const training = trained ? (known?.secondsPerTraining ?? Number.NaN) : 0;
    const bytes = count * one + (trained ? snapshots.length * parameters : 0);
    return { bytes, seconds: Number.isNaN(seconds + training) ? null : seconds + training };
  };
  return {
    ...stored,
    wanted: networks * draws,
    bytes: await bytesIn(storage, folder),
    nextNetwork: cost(draws * Math.max(1, snapshots.length), record.training !== null),
    nextDraw: cost(networks, false),
  };
}

async function bytesIn(storage: Storage, folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await storage.list(folder)) bytes += (await storage.size(`${folder}/${name}`)) ?? 0;
  return bytes;
}
