// Continual learning of the command line: flags as a job, and its result as a table.

import { type ContinualJob, type ContinualRecord, job } from "../../lab/index.ts";
import { folder } from "../../lab/node/index.ts";
import { dataFlags, type Flags } from "../command.ts";
import type { options } from "../commands/uses/continual.ts";
import { printPlan } from "../plans/printPlan.ts";
import { resolveSettings, type Settings } from "../settings.ts";
import { dataOf } from "../source.ts";
import type { Ui } from "../ui.ts";
import { continualTable } from "./continualTable.ts";
import { runJob } from "./running.ts";

type ContinualFlags = Flags<typeof options>;

/** Measures, and prints the table; or plans it. */
export async function runContinual(
  flags: Partial<ContinualFlags> & Pick<ContinualFlags, "method" | "out">,
  ui: Ui,
): Promise<void> {
  const [value, storage] = [continualJob(flags), folder(flags.out)];
  if (flags.plan) return printPlan(value, { storage }, ui);
  const { result } = await runJob<ContinualRecord>(value, storage, ui, {
    stopped: () => "stopped; the same command resumes",
  });
  printContinual(result, ui);
}

export function printContinual(record: ContinualRecord, ui: Ui): void {
  ui.result(continualTable(record), record);
}

/** The job that the flags ask for. @throws DatadamError INVALID_OPTION */
function continualJob(flags: Partial<ContinualFlags> & Pick<ContinualFlags, "method">): ContinualJob {
  const { method, steps, memory, memoryTotal, orders, networks, protocol, epochs, classes, blur } = flags;
  const { encoderEpochs, encoderNetworks } = flags;
  const { workers, device, seed, preset, set, config } = flags;
  const where = { ...dataFlags(flags), workers, device };
  const settings = resolveSettings({ ...where, seed, preset, set, config }, process.env, { shared: true });
  const { job: place } = settings;
  const asked = {
    kind: "continual",
    data: dataOf(place),
    methods: method,
    ...{ steps, orders, networks, protocol, epochs, classes, blur },
    memory: { perClass: memory, total: memoryTotal },
    encoders:
      (encoderEpochs ?? encoderNetworks) === undefined
        ? undefined
        : { epochs: encoderEpochs, networks: encoderNetworks },
    seed: settings.values.seed,
    preset: place.preset,
    config: explicitConfig(settings),
    execution: { workers: place.workers, device: place.device },
  };
  return job(asked, settings.where) as ContinualJob;
}

/** What was said of the configuration; the environment may say of distillations what does not apply here. */
function explicitConfig({ values, sources }: Settings): Record<string, unknown> {
  const isExplicit = (key: string): boolean =>
    ["flag", "file"].includes(sources[key]!) || (sources[key] === "environment" && !["ipc", "method"].includes(key));
  return Object.fromEntries(Object.entries(values).filter(([key]) => key !== "seed" && isExplicit(key)));
}
