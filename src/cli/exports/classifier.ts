// `datadam export --to onnx`: a network trained on the set, or that of a training, as a file that other programs run.

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { cacheFolder } from "../../data/index.ts";
import { readingArguments } from "../../data/readingTable.ts";
import {
  CLASSIFIER_FILE,
  CLASSIFIERS,
  type ClassifierJob,
  type ClassifierResult,
  job,
  readFinished,
} from "../../lab/index.ts";
import { folder, readers } from "../../lab/node/index.ts";
import { canonicalJson, checksum } from "../../run/index.ts";
import { existsAlready, putFiles } from "../exporting.ts";
import { show } from "../folders.ts";
import type { EvaluateFlags } from "../jobs/evaluating.ts";
import { runJob } from "../jobs/running.ts";
import type { Ui } from "../ui.ts";

/** The flags that `--to onnx` takes. */
export interface ClassifierFlags
  extends Omit<EvaluateFlags, "arch" | "norm" | "networks" | "pool" | "random" | "whole"> {
  readonly arch?: string | undefined;
  readonly norm?: NonNullable<ClassifierJob["network"]>["norm"];
  readonly width?: number | undefined;
  readonly depth?: number | undefined;
  readonly network?: number | undefined;
  readonly pixels?: ClassifierJob["pixels"] | undefined;
  readonly out?: string | undefined;
}

/** Makes the classifier of a set and puts it in its place. Stopped or killed, the same command goes on where it was. */
export async function exportClassifier(set: string, flags: ClassifierFlags, ui: Ui): Promise<void> {
  const value = classifierJob(set, flags);
  const { execution: _, ...what } = value;
  const run = readers.storage(value.set);
  const isFolder = (await run.list()).length > 0;
  const path = resolve(flags.out ?? (isFolder ? join(set, "export.onnx") : "export.onnx"));
  const above = isFolder ? run.name : cacheFolder();
  const storage = folder(join(above, CLASSIFIERS, checksum(canonicalJson(what)).slice(0, 12)));
  // Something else shows before the training, not after.
  if (existsSync(path) && (await readFinished(storage)) === undefined) throw existsAlready(path);
  const stopped = (): string => "stopped; the same command goes on where it was";
  const { result } = await runJob<ClassifierResult>(value, storage, ui, { stopped });
  await putFiles([[path, { "": (await storage.read(CLASSIFIER_FILE))! }]]);
  const { file: _file, ...facts } = result;
  const { network, accuracy, correct, count } = result;
  const measured = `${accuracy.toFixed(1)} % of the test images (${correct} of ${count})`;
  ui.result(`${network.name}: ${measured}\n${show(path)}`, { path, format: "onnx", ...facts });
}

/** The job that the flags ask for. @throws DatadamError INVALID_OPTION */
function classifierJob(set: string, flags: ClassifierFlags): ClassifierJob {
  const { arch, norm, width, depth, network: number, pixels, protocol, seed, space, softLabels, temperature } = flags;
  const dataset = flags.dataset && (readers.place?.(flags.dataset, process.cwd()) ?? flags.dataset);
  const dir = flags.dataDir === undefined ? undefined : resolve(flags.dataDir);
  const reading = Object.fromEntries(readingArguments.map((key) => [key, flags[key]]));
  const data = { dataset, dir, ...reading };
  const network = { arch, norm, width, depth };
  return job({
    ...{ kind: "classifier", set: resolve(set), pixels, number, protocol, seed, space, softLabels, temperature },
    ...(Object.values(data).some((given) => given !== undefined) && { data }),
    ...(Object.values(network).some((given) => given !== undefined) && { network }),
    execution: { workers: flags.workers, device: flags.device },
  }) as ClassifierJob;
}
