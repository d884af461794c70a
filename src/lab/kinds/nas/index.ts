// The job that searches architectures: how well small sets rank them.

import type * as z from "zod";
import { DatadamError } from "../../../errors.ts";
import { candidates } from "../../../nas/index.ts";
import { sha256 } from "../../folder/hash.ts";
import { beginWith, openData } from "../../inputs/begun.ts";
import { setHash } from "../../inputs/sets.ts";
import type { Context, Kind } from "../../types.ts";
import { loadContenders, readRuns } from "./contenders.ts";
import { NAS_FREE, type NasJob, nasSchema, spaceOf } from "./job.ts";
import { plan } from "./plan.ts";
import { nasPlot } from "./plot.ts";
import type { NasRecord } from "./record.ts";
import { readReference } from "./reference.ts";
import { retrainImages, searchAll } from "./search.ts";
import { settingOf } from "./setting.ts";

/** The result as a file of its own, and its picture. */
const NAS_FILE = "nas.json";
const NAS_PLOT_FILE = "nas.svg";

export const nasKind: Kind<NasJob, NasRecord> = {
  kind: "nas",
  about: "Ranks architectures by training them on small sets, and tells how well that agrees with a reference.",
  schema: nasSchema as unknown as z.ZodType<NasJob>,
  free: NAS_FREE,
  stands,
  plan,
  run,
};

/** A search is to be made again where a run or a file that it read has other content. What is gone has not changed. */
async function stands({ job, folder, readers }: Context<NasJob>): Promise<boolean> {
  const { inputs } = folder.finished!.result as NasRecord;
  const { proxies, reference } = job;
  try {
    const found: Record<string, string> = {};
    for (const [path, set] of await readRuns(proxies, readers)) found[path] = await setHash(set);
    const from = reference?.from ?? "train";
    const file = from === "train" ? undefined : await readers.file(from);
    if (file !== undefined) found[from] = await sha256(file);
    return Object.keys(found).every((path) => inputs[path] === found[path]);
  } catch {
    return true;
  }
}

async function run(context: Context<NasJob>): Promise<NasRecord> {
  const { job, folder, readers, versions, environment, signal } = context;
  const { seed, networks, subset } = job;
  const space = spaceOf(job);
  const source = await openData(context);
  const { dataset, description } = source;
  const { train } = dataset;
  const { key, chosen, protocol, split } = settingOf(job, train);
  // Read before hours of training, not after.
  const from = job.reference?.from ?? "train";
  const given = from === "train" ? undefined : await readReference(from, chosen, readers);
  if (job.retrain !== undefined && dataset.test === undefined) {
    throw new DatadamError("INVALID_OPTION", `${dataset.name} has no test images to test what is selected on`, {
      hint: "Leave `retrain` out, or keep a fifth of the images for testing by `split` 0.8.",
    });
  }
  const runs = await readRuns(job.proxies, readers);
  const contenders = await loadContenders({ train, split, protocol, key }, runs, context);
  signal.throwIfAborted();
  await beginWith(source, context);
  const journal = await folder.journal();
  const store = {
    get: journal.get,
    async add(name: string, value: unknown): Promise<void> {
      await journal.add(name, value);
      context.emit({ type: "result", key: name, value });
    },
  };
  const lanes = (await context.engine()).workers;
  const options = { key, store, engine: () => context.engineApart(1), lanes, networks, signal };
  const search = { context, dataset, chosen, given, split, protocol, contenders, options };
  const found = await searchAll(search);
  const inputs: Record<string, string> = given === undefined ? {} : { [from]: given.sha256 };
  for (const [path, set] of runs) inputs[path] = await setHash(set);
  const record: NasRecord = {
    format: "datadam-nas/1",
    ...environment,
    created: new Date(context.clock.now()).toISOString(),
    versions,
    dataset: description.name,
    space,
    spaceSize: candidates(space).length,
    subset,
    maxMadds: job.maxMadds ?? null,
    candidates: chosen.length,
    seed,
    networks,
    protocol,
    validationImages: split.validation.length,
    top: job.top,
    retrained: job.retrain === undefined ? null : { epochs: job.retrain.epochs, images: retrainImages(search) },
    halving: job.halving ?? null,
    inputs,
    ...found,
  };
  await folder.publish(NAS_FILE, `${JSON.stringify(record, undefined, 1)}\n`);
  await folder.publish(NAS_PLOT_FILE, nasPlot(record));
  return record;
}
