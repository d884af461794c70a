// Selections of the command line: from settings to a job, run to its end.

import { join } from "node:path";
import { counted } from "../../counted.ts";
import { DatadamError } from "../../errors.ts";
import { job, type SelectJob, type SelectResult } from "../../lab/index.ts";
import { folder } from "../../lab/node/index.ts";
import { networkKeys } from "../../nn/index.ts";
import { SYNTHETIC_FILE } from "../../run/portable.ts";
import type { SelectMethod } from "../../select/index.ts";
import { given } from "../flags.ts";
import { removeIfUnused, reserve, show, slug } from "../folders.ts";
import { printPlan } from "../plans/printPlan.ts";
import { duration } from "../reporter.ts";
import type { Settings } from "../settings.ts";
import { dataOf } from "../source.ts";
import type { Ui } from "../ui.ts";
import { configAsked } from "./distilling.ts";
import { runJob } from "./running.ts";

/** The flags of `datadam select` beside its settings. */
export interface SelectFlags {
  readonly method: SelectMethod;
  readonly features?: string | undefined;
  readonly parameters?: string | undefined;
  /** Absolute. */
  readonly bank?: string | undefined;
  readonly epochs?: number | undefined;
  readonly classes?: readonly number[] | undefined;
}

const NETWORK_KEYS = ["arch", ...networkKeys] as const;

/** The job that settings and flags ask for. @throws DatadamError INVALID_OPTION */
export function selectJob(settings: Settings, flags: SelectFlags): SelectJob {
  const { job: place } = settings;
  const { method: _, seed, init: __, iterations: ___, ...rest } = configAsked(settings);
  const { method: name, features, parameters, bank, epochs, classes } = flags;
  return job({
    kind: "select",
    data: dataOf(place),
    method: { ...rest, name, preset: place.preset },
    features: bank !== undefined && features === undefined ? undefined : featuresOf(settings, features),
    parameters,
    bank,
    epochs,
    seed,
    classes,
    execution: given(place, ["workers", "device"]),
  }) as SelectJob;
}

/** What is given of networks, by no preset or default and not as "auto", is that of the features' network too. */
function featuresOf({ values, sources }: Settings, features: string | undefined): SelectJob["features"] {
  if (features === "pixels") return features;
  const explicit = NETWORK_KEYS.filter(
    (key) => sources[key] !== "preset" && sources[key] !== "default" && values[key] !== "auto",
  );
  const choice = Object.fromEntries(explicit.map((key) => [key, values[key]]));
  return { ...choice, ...(features === undefined ? {} : { arch: features }) };
}

/** Runs a selection in a folder, or in one with the first free number, and says where the set is. */
export async function runSelection(value: SelectJob, out: string | undefined, ui: Ui): Promise<void> {
  const { name, ipc } = value.method;
  const directory = out ?? reserve(`sets/${slug(value.data.dataset)}-${name}-ipc${ipc}`);
  const storage = folder(directory);
  try {
    const { result } = await runJob<SelectResult>(value, storage, ui);
    printSelected(storage.name, result, ui);
  } catch (error) {
    if (out === undefined) removeIfUnused(directory);
    if (!(error instanceof DatadamError && error.code === "RUN_EXISTS")) throw error;
    throw new DatadamError(error.code, error.message, { hint: "Choose another folder with --out.", cause: error });
  }
}

/** Measures what a selection will take, and prints it. */
export async function planSelection(value: SelectJob, out: string | undefined, ui: Ui): Promise<void> {
  await printPlan(value, { storage: out === undefined ? undefined : folder(out) }, ui);
}

/** Says where the set is. */
export function printSelected(directory: string, { images, method, seconds }: SelectResult, ui: Ui): void {
  const synthetic = join(directory, SYNTHETIC_FILE);
  ui.result(`${show(synthetic)}: ${counted(images, "image")} by ${method}, ${duration(seconds)}`, {
    run: directory,
    synthetic,
    grid: join(directory, "grid.png"),
    images,
    method,
    seconds,
  });
}
