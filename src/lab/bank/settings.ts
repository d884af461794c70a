// What a bank was made for: the settings of a distillation that its statistics fit, and its data set.

import { type Method, methods } from "../../distill/index.ts";
import { DatadamError } from "../../errors.ts";
import { networkKeys } from "../../nn/index.ts";
import { jsonOf, type Storage } from "../../storage/index.ts";
import { RECORD_FILE, readJobFile } from "../folder/folder.ts";
import type { DataOptions } from "../inputs/data.ts";
import { optionsOf } from "../inputs/load.ts";
import type { MethodSettings } from "../inputs/method.ts";
import type { BankJob } from "../kinds/bank.ts";
import { checkBankRecord } from "./record.ts";

/** Keys of every method that decide statistics: the network, whitening, augmentation, and the batches. */
const KEYS = ["arch", ...networkKeys, "zca", "zcaEps", "augment", "augmentMode", "batchReal", "sampling"] as const;

/** What a distillation takes from a bank where it says nothing else. */
export interface BankSettings {
  /** Name, preset, and the settings that statistics depend on: the `method` of a job. */
  readonly method: Readonly<Record<string, unknown>> & Pick<MethodSettings, "name" | "preset">;
  /** The data set, as it was read. */
  readonly data: DataOptions;
}

/**
 * The settings that a bank was made with last.
 *
 * @throws DatadamError RUN_NOT_FOUND where there is no bank, INVALID_RUN
 */
export async function bankSettings(storage: Storage): Promise<BankSettings> {
  const job = await readJobFile(storage);
  const record = await jsonOf(storage, RECORD_FILE);
  if (job?.kind !== "bank" || record === undefined) {
    const holds = job === undefined || job.kind === "bank" ? "" : `; it holds a job of the kind ${job.kind}`;
    throw new DatadamError("RUN_NOT_FOUND", `No bank in ${storage.name}${holds}`, {
      hint: "Make one by a job of the kind bank.",
    });
  }
  const { dataset } = checkBankRecord(record, `${storage.name}/${RECORD_FILE}`);
  return { method: decidingSettings((job as BankJob).method), data: optionsOf(dataset) };
}

/** Of the settings of a distillation those that statistics depend on. */
export function decidingSettings({ name, preset, ...settings }: MethodSettings): BankSettings["method"] {
  const keys = [...KEYS, ...((methods[name] as Method).statisticsKeys ?? [])];
  const deciding = Object.fromEntries(keys.flatMap((key) => (key in settings ? [[key, settings[key]]] : [])));
  return { name, preset, ...deciding };
}
