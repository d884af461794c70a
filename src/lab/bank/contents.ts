// What of a bank is there: the draws of some statistics, and the snapshots that they are of.

import type { Network } from "../../nn/index.ts";
import type { Storage } from "../../storage/index.ts";
import { differences, readFinished, readJobFile } from "../folder/folder.ts";
import { ALWAYS_FREE } from "../inputs/data.ts";
import { type BankRecord, drawAt, drawFile, encoderCount, NETWORKS, type SpecFile, STATISTICS } from "./record.ts";
import { readSnapshot } from "./snapshots.ts";

/** Numbers of networks, from 1, and of draws, from 0. */
type Draws = Pick<SpecFile, "networks" | "draws">;

const NAME = /^n(\d+)\.d(\d+)\.safetensors$/;

/** How many draws are not there, and the file of the first of them. */
export async function missingDraws(
  storage: Storage,
  id: string,
  { networks, draws }: Draws,
): Promise<{ readonly count: number; readonly first: string | undefined }> {
  const there = new Set<string>();
  for (const name of await storage.list(`${STATISTICS}/${id}`)) {
    const [, number = 0, draw = 0] = NAME.exec(name)?.map(Number) ?? [];
    if (number >= 1 && number <= networks && draw < draws && name === drawFile(number, draw)) there.add(name);
  }
  const count = networks * draws - there.size;
  if (count === 0) return { count, first: undefined };
  // Of so many places one is free, whatever a file says of their number.
  for (let i = 0; ; i++) {
    const { number, draw } = drawAt(i, draws);
    const first = drawFile(number, draw);
    if (!there.has(first)) return { count, first };
  }
}

/** Whether all snapshots of networks that were trained can be read. @param networks trained */
export async function holdsSnapshots(
  storage: Storage,
  { training }: BankRecord,
  network: Network,
  networks: number,
): Promise<boolean> {
  if (training === null) return true;
  const there = await storage.list(NETWORKS);
  const wanted = encoderCount(training, networks);
  if (there.length < wanted) return false;
  for (let number = 1; number <= wanted; number++) {
    const read = await readSnapshot(storage, network, training, number).catch(() => undefined);
    if (read === undefined) return false;
  }
  return true;
}

/** Whether a bank's job is at its end: one that was begun anew, to add to it, is not until that is done. */
export async function isFinishedBank(storage: Storage): Promise<boolean> {
  const finished = await readFinished(storage);
  const job = await readJobFile(storage);
  return finished !== undefined && differences(finished.job, job, ALWAYS_FREE).length === 0;
}
