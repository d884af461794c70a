// Banks of the command line: from settings to a job, made or resumed, and shards put together.

import { counted } from "../../../counted.ts";
import { DatadamError } from "../../../errors.ts";
import { type BankJob, type BankResult, job, mergeBanks } from "../../../lab/index.ts";
import { folder, isAlive, thisProcess } from "../../../lab/node/index.ts";
import type { Flags } from "../../command.ts";
import type { makeOptions } from "../../commands/banks/bank.ts";
import { given } from "../../flags.ts";
import { removeIfUnused, reserve, show, slug } from "../../folders.ts";
import { printPlan } from "../../plans/printPlan.ts";
import { duration } from "../../reporter.ts";
import type { Settings } from "../../settings.ts";
import { dataOf } from "../../source.ts";
import type { Ui } from "../../ui.ts";
import { runJob } from "../running.ts";

type BankFlags = Flags<typeof makeOptions>;

/** The job that settings and flags ask for. @throws DatadamError INVALID_OPTION */
export function bankJob({ job: place, values, where, sources }: Settings, flags: BankFlags): BankJob {
  const { method: name, seed, ipc: _, iterations: __, init: ___, ...settings } = values;
  const { epochs, snapshots, protocol, precision, classes } = flags;
  // What nobody asked for has defaults of its own in a bank.
  const explicit = Object.entries(settings).filter(([key]) => sources[key] !== "default" && sources[key] !== "preset");
  const asked = {
    kind: "bank",
    data: dataOf(place),
    method: { ...Object.fromEntries(explicit), name, preset: place.preset },
    seed,
    epochs,
    snapshots,
    protocol,
    precision,
    classes,
    execution: given(place, ["workers", "device"]),
  };
  return job(asked, where) as BankJob;
}

/** Makes a bank in a folder, or in one with the first free number, and says what it is. */
export async function makeBank(
  value: BankJob,
  { out, checkpointEvery }: Pick<BankFlags, "out" | "checkpointEvery">,
  ui: Ui,
): Promise<void> {
  const directory = out ?? reserve(`banks/${slug(value.data.dataset)}`);
  const storage = folder(directory);
  try {
    const { result } = await runJob<BankResult>(value, storage, ui, {
      checkpoint: { steps: checkpointEvery },
      stopped: () => `stopped; the same command with --out ${show(storage.name)} resumes`,
    });
    printBank(result, ui, storage.name);
  } catch (error) {
    if (out === undefined) removeIfUnused(directory);
    if (!(error instanceof DatadamError && error.code === "RUN_EXISTS")) throw error;
    throw new DatadamError(error.code, error.message, { hint: "Choose another folder with --out.", cause: error });
  }
}

/** Prints what a bank will take. */
export async function planBank(
  value: BankJob,
  { out, checkpointEvery }: Pick<BankFlags, "out" | "checkpointEvery">,
  ui: Ui,
): Promise<void> {
  const storage = out === undefined ? undefined : folder(out);
  await printPlan(value, { storage, checkpoint: { steps: checkpointEvery } }, ui);
}

/** Puts shards together, and says what they give. */
export async function mergeShards(shards: readonly string[], out: string, ui: Ui): Promise<void> {
  const whole = folder(out);
  const result = await mergeBanks(
    shards.map((shard) => folder(shard)),
    whole,
    { owner: thisProcess(), isAlive },
  );
  printBank(result, ui, whole.name);
}

/** Says where a bank is, and how large. */
export function printBank(result: BankResult, ui: Ui, directory: string): void {
  const { networks, draws, bytes, seconds } = result;
  const facts = [counted(networks, "network"), counted(draws, "draw"), `${(bytes / 1e6).toFixed(1)} MB`];
  ui.result(`${show(directory)}: ${facts.join(", ")}, ${duration(seconds)}`, { bank: directory, ...result });
}
