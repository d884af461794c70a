// Architecture searches of the command line: flags as a job, and its result as a table.

import { job, type NasJob, type NasRecord } from "../../lab/index.ts";
import { folder } from "../../lab/node/index.ts";
import { parseSpace, type SearchSpace } from "../../nas/index.ts";
import type { Flags } from "../command.ts";
import type { options } from "../commands/uses/nas.ts";
import { readJsonFile } from "../jsonFile.ts";
import { printPlan } from "../plans/printPlan.ts";
import { dataOf } from "../source.ts";
import type { Ui } from "../ui.ts";
import { nasTable } from "./nasTable.ts";
import { runJob } from "./running.ts";

type NasFlags = Flags<typeof options>;

/** Searches, and prints the table; or plans it. */
export async function runNas(flags: Partial<NasFlags> & Pick<NasFlags, "proxy" | "out">, ui: Ui): Promise<void> {
  const [value, storage] = [nasJob(flags), folder(flags.out)];
  if (flags.plan) return printPlan(value, { storage }, ui);
  const { result } = await runJob<NasRecord>(value, storage, ui, {
    stopped: () => "stopped; the same command resumes",
  });
  printNas(result, ui);
}

export function printNas(record: NasRecord, ui: Ui): void {
  ui.result(nasTable(record), record);
}

/** The job that the flags ask for. @throws DatadamError INVALID_OPTION */
function nasJob(flags: Partial<NasFlags> & Pick<NasFlags, "proxy">): NasJob {
  const { proxy, space, subset, maxMadds, sample, seed, epochs, batch, ipc, networks, halving, top } = flags;
  const { validation, validationImages, reference, referenceEpochs, referenceImages } = flags;
  const { retrainEpochs = 0, retrainImages, workers, device } = flags;
  const from = reference ?? (proxy.includes("whole") ? "train" : undefined);
  return job({
    kind: "nas",
    data: dataOf({ ...flags, dataset: flags.dataset ?? "builtin" }),
    proxies: proxy,
    space: readSpace(space),
    subset: Object.fromEntries(subset ?? []),
    ...{ maxMadds, sample, seed, epochs, batch, ipc, networks, halving, top },
    validation: { share: validation, images: validationImages },
    reference: from === undefined ? undefined : { from, epochs: referenceEpochs, images: referenceImages },
    retrain: retrainEpochs === 0 ? undefined : { epochs: retrainEpochs, images: retrainImages },
    execution: { workers, device },
  }) as NasJob;
}

/** A space by its name, or out of a file. */
function readSpace(name: string | undefined): SearchSpace | string | undefined {
  if (name === undefined || !name.endsWith(".json")) return name;
  return parseSpace(readJsonFile(name, { code: "INVALID_DATA" }), name);
}
