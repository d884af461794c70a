// Shards of a bank put together: what one job over all classes would have written, byte for byte.

import { DatadamError } from "../../errors.ts";
import { canonicalJson } from "../../run/portable.ts";
import { type ClaimOptions, jsonOf, type Storage } from "../../storage/index.ts";
import { openFolder, readFinished, readJobFile } from "../folder/folder.ts";
import type { BankJob, BankResult } from "../kinds/bank.ts";
import { type Bank, openBank, type StoredStatistics } from "./bank.ts";
import { isFinishedBank } from "./contents.ts";
import { bankRecord, drawAt, drawFile, NETWORKS, SPEC_FILE, STATISTICS } from "./record.ts";
import { encodeStatistics, openStatistics, readRows, rowLength, type StatisticsFile } from "./statisticsFile.ts";
import { keepWhitening } from "./whitening.ts";

/**
 * Merges shards of a bank into a new one. Where a kill has left a part of the same merge, it is gone on with; where all
 * of it is there, nothing is done.
 *
 * @param shards finished banks of disjoint classes that together cover all, otherwise equal.
 * @param out where the new bank goes.
 * @throws DatadamError INVALID_OPTION where the shards do not fit together, naming what differs; RUN_EXISTS
 */
export async function mergeBanks(
  shards: readonly Storage[],
  out: Storage,
  options: Pick<ClaimOptions, "owner" | "isAlive">,
): Promise<BankResult> {
  const banks: Bank[] = [];
  for (const shard of shards) {
    if (!(await isFinishedBank(shard))) {
      throw new DatadamError("INVALID_OPTION", `${shard.name} is not finished`, {
        hint: "Resume it, then merge again.",
      });
    }
    banks.push(await openBank(shard));
  }
  const [first] = banks;
  if (first === undefined) throw new DatadamError("INVALID_OPTION", "No banks to merge");
  for (const other of banks) assertAlike(first, other);
  assertCovered(banks);
  const { classes: _, execution: __, ...job } = (await readJobFile(first.storage)) as BankJob;
  const folder = await openFolder(out, job, { ...options, free: [] });
  try {
    const record = bankRecord({ ...first.record, classes: null });
    if (folder.record !== undefined && canonicalJson(folder.record) !== canonicalJson(record)) {
      throw new DatadamError("RUN_EXISTS", `${out.name} already holds a job`, { hint: "Choose another folder." });
    }
    if (folder.finished !== undefined) return folder.finished.result as BankResult;
    await keepWhitening(folder.storage, first.preprocessing);
    for (const name of await first.storage.list(NETWORKS)) {
      await folder.storage.write(`${NETWORKS}/${name}`, (await first.storage.read(`${NETWORKS}/${name}`))!);
    }
    await folder.begin(record);
    let bytes = 0;
    for (const statistics of first.stored) bytes += await mergeStatistics(banks, statistics, folder.storage);
    const { result } = (await readFinished(first.storage))!;
    const seconds = await Promise.all(banks.map(({ storage }) => secondsOf(storage)));
    const secondsPerDraw = seconds.reduce((sum, one) => (sum === null || one === null ? null : sum + one), 0);
    const whole: BankResult = { ...(result as BankResult), bytes, seconds: 0, secondsPerDraw };
    await folder.finish(whole);
    return whole;
  } catch (error) {
    await folder.abandon();
    throw error;
  } finally {
    await folder.release();
  }
}

/** Of a draw of a shard. */
async function secondsOf(shard: Storage): Promise<number | null> {
  return ((await readFinished(shard))!.result as BankResult).secondsPerDraw;
}

async function mergeStatistics(
  banks: readonly Bank[],
  { id, networks, draws }: StoredStatistics,
  out: Storage,
): Promise<number> {
  const folder = `${STATISTICS}/${id}`;
  const [{ storage: from, facts }] = banks as [Bank];
  await out.write(
    `${folder}/${SPEC_FILE}`,
    `${JSON.stringify(await jsonOf(from, `${folder}/${SPEC_FILE}`), undefined, 2)}\n`,
  );
  const classes = facts.classNames.map((_, label) => label);
  let bytes = 0;
  for (let i = 0; i < networks * draws; i++) {
    const at = drawAt(i, draws);
    const path = `${folder}/${drawFile(at.number, at.draw)}`;
    let rows = new Float32Array(0);
    let header: StatisticsFile | undefined;
    for (const { storage } of banks) {
      const file = await openStatistics(storage, path);
      if (file === undefined) {
        throw new DatadamError("INVALID_OPTION", `${storage.name} lacks ${path}`, {
          hint: "Resume that shard, then merge again.",
        });
      }
      header ??= file;
      const length = rowLength(file.layout);
      if (rows.length === 0) rows = new Float32Array(classes.length * length);
      const own = await readRows(storage, path, file, file.classes);
      for (const [i, label] of file.classes.entries()) {
        rows.set(own.subarray(i * length, (i + 1) * length), label * length);
      }
    }
    const { number, draw, layout, precision } = header!;
    const encoded = await encodeStatistics({ id, number, draw, classes, layout, precision }, rows);
    await out.write(path, encoded);
    bytes += encoded.length;
  }
  return bytes;
}

/** @throws DatadamError INVALID_OPTION */
function assertAlike(a: Bank, b: Bank): void {
  const differ = (what: string, x: unknown, y: unknown): void => {
    if (canonicalJson(x) === canonicalJson(y)) return;
    throw new DatadamError("INVALID_OPTION", `${a.storage.name} and ${b.storage.name} differ in ${what}`, {
      hint: "Shards of one bank have the same data, networks and draws, and other classes.",
    });
  };
  for (const key of ["seed", "network", "zca", "training"] as const) differ(key, a.record[key], b.record[key]);
  differ("data", a.record.dataset.fingerprint, b.record.dataset.fingerprint);
  const facts = ({ stored }: Bank): unknown => stored.map(({ id, networks, draws }) => ({ id, networks, draws }));
  differ("statistics", facts(a), facts(b));
}

/** @throws DatadamError INVALID_OPTION */
function assertCovered(banks: readonly Bank[]): void {
  const { classNames } = banks[0]!.facts;
  for (const label of classNames.keys()) {
    const holders = banks.filter(({ record }) => record.classes === null || record.classes.includes(label));
    if (holders.length === 1) continue;
    if (holders.length > 1) {
      const names = holders.map(({ storage }) => storage.name).join(" and ");
      throw new DatadamError("INVALID_OPTION", `Class ${label} (${classNames[label]}) is in ${names}`);
    }
    throw new DatadamError("INVALID_OPTION", `No shard has class ${label} (${classNames[label]})`, {
      hint: `Make one with \`classes\` ${label}, and merge again.`,
    });
  }
}
