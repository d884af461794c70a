// The record of a run: what was settled when a set began to be made.

import { parseConfig, resolveConfig } from "../../distill/config/index.ts";
import { DatadamError } from "../../errors.ts";
import { canonicalJson, type RunRecord, recordProblem } from "../../run/portable.ts";
import { jsonOf, type Storage } from "../../storage/index.ts";
import { RECORD_FILE } from "./folder.ts";
import { sha256 } from "./hash.ts";

/** Reads and checks the record of a run. @throws DatadamError RUN_NOT_FOUND, INVALID_RUN */
export async function readRunRecord(storage: Storage): Promise<RunRecord> {
  const content = await jsonOf(storage, RECORD_FILE);
  if (content !== undefined) return checkRecord(content, `${storage.name}/${RECORD_FILE}`);
  throw new DatadamError("RUN_NOT_FOUND", `No run in ${storage.name}: there is no ${RECORD_FILE}`, {
    hint: "Give the folder of a run, or distil a set into this one first.",
  });
}

/** Whether a folder holds a run that began. */
export async function holdsRun(storage: Storage): Promise<boolean> {
  return (await storage.size(RECORD_FILE)) !== undefined;
}

/** @param path for messages. @throws DatadamError INVALID_RUN */
export function checkRecord(content: unknown, path: string): RunRecord {
  const problem = recordProblem(content);
  if (problem !== undefined) {
    throw new DatadamError("INVALID_RUN", `${path} is not the record of a run: ${problem}`, {
      hint: "Put the original file back.",
    });
  }
  const record = content as RunRecord;
  try {
    return { ...record, config: resolveConfig(parseConfig({ ...record.config }), record.dataset) };
  } catch (cause) {
    throw new DatadamError("INVALID_RUN", `${path}: ${(cause as Error).message}`, { cause });
  }
}

/** What decides a run's numbers: its configuration without the number of iterations, its data, its shard, its start. */
export function identityOf({ config, dataset, classes, selection, initial, bank }: RunRecord): Promise<string> {
  const { iterations: _, ...rest } = config;
  return sha256(
    canonicalJson({
      config: rest,
      data: dataset.fingerprint,
      classes,
      selection,
      initial: initial?.sha256,
      bank: bank && { id: bank.id, statistics: bank.statistics },
    }),
  );
}
