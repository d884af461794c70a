// `datadam evaluate RUN`: how well networks do that have seen nothing but the distilled set.

import { createEngine } from "../../engine/index.ts";
import type { Device } from "../../engine/types.ts";
import { DatadamError } from "../../errors.ts";
import { evaluate, randomSubset, resolveProtocol } from "../../evaluate/index.ts";
import type { EvaluateOptions, Evaluation } from "../../evaluate/types.ts";
import type { ImageSet, PreparedSet, SyntheticSet } from "../../images/types.ts";
import {
  addResult,
  type ResultEntry,
  type RunDataset,
  readRecord,
  readSyntheticSet,
  type SourceOptions,
} from "../../run/index.ts";
import { Interrupted } from "../fail.ts";
import { planNetworks, titleOf } from "../networks.ts";
import { prepareSource } from "../prepare.ts";
import { duration } from "../reporter.ts";
import { watchSignals } from "../signals.ts";
import { loadSource, locationOf, reloadSource } from "../source.ts";
import { accuracy, table } from "../table.ts";
import type { CommonFlags, Ui } from "../ui.ts";

export interface EvaluateFlags extends CommonFlags, SourceOptions {
  readonly networks?: number;
  readonly protocol?: string;
  /** Names of networks, one row each; default: that of the run. */
  readonly arch?: readonly string[];
  /** Name of a pool of networks. */
  readonly pool?: string;
  /** One row each. */
  readonly norm?: readonly NonNullable<EvaluateOptions["norm"]>[];
  readonly seed?: number;
  /** False for `--no-random`. */
  readonly random?: boolean;
  readonly dataset?: string;
  readonly dataDir?: string;
  readonly workers?: number;
  readonly device?: Device;
}

export async function evaluateCommand(directory: string, flags: EvaluateFlags, ui: Ui): Promise<void> {
  const { entries, ipc } = await evaluateRun(directory, flags, ui);
  if (entries.length === 1) ui.result(accuracyTable(namedRows(entries[0]!), ipc), entries[0]);
  else ui.result(networksTable(entries, ipc), { evaluations: entries });
}

/** Evaluates a run's set with each network that the flags name, and adds the results to the run. */
export async function evaluateRun(
  directory: string,
  flags: EvaluateFlags,
  ui: Ui,
): Promise<{ readonly entries: readonly ResultEntry[]; readonly ipc: number }> {
  const record = readRecord(directory);
  const set = readSyntheticSet(directory);
  const { train, test } = await sourceOf(record.dataset, flags, ui);
  const planned = planNetworks(set, flags, resolveProtocol(flags.protocol ?? "quick").norm);
  const workers = flags.workers === undefined ? {} : { workers: flags.workers };
  const random =
    flags.random === false
      ? undefined
      : randomSubset(
          await prepareSource(train, record.config, ui, workers, set.preprocessing),
          record.config.ipc,
          flags.seed ?? record.seed,
        );
  const prepared = await testOnce(test, set, ui, workers);
  const sets = { ...(random === undefined ? {} : { random }), distilled: set };
  const entries: ResultEntry[] = [];
  for (const network of planned) {
    const measured = await measure(
      sets,
      prepared,
      {
        ...(flags.networks === undefined ? {} : { networks: flags.networks }),
        ...(flags.protocol === undefined ? {} : { protocol: flags.protocol }),
        // Said for both rows, so that they have the same networks.
        ...network,
        seed: flags.seed ?? record.seed,
      },
      { ...workers, ...(flags.device === undefined ? {} : { device: flags.device }) },
      ui,
      planned.length > 1 ? `${titleOf({ ...network })}, ` : "",
    );
    const entry: ResultEntry = {
      created: new Date().toISOString(),
      iteration: Number(set.provenance.iteration),
      distilled: measured.distilled!,
      ...(measured.random === undefined ? {} : { random: measured.random }),
    };
    addResult(directory, entry);
    entries.push(entry);
  }
  return { entries, ipc: record.config.ipc };
}

function namedRows({ distilled, random }: ResultEntry): Record<string, Evaluation> {
  return { distilled, ...(random === undefined ? {} : { random }) };
}

/** Rows of several networks, random and distilled beside each other. */
function networksTable(entries: readonly ResultEntry[], ipc: number): string {
  const rows = entries.map(({ distilled, random }) => [
    titleOf(distilled.network),
    `${ipc} a class`,
    random === undefined ? "" : accuracy(random),
    accuracy(distilled),
    String(distilled.accuracies.length),
    duration(distilled.seconds + (random?.seconds ?? 0)),
  ]);
  return table(["network", "images", "random real", "distilled", "networks", "time"], rows);
}

/** Whitens the test set once for both rows; without whitening preparing is free. */
async function testOnce(
  test: ImageSet,
  { preprocessing }: SyntheticSet,
  ui: Ui,
  workers: { workers?: number },
): Promise<ImageSet | PreparedSet> {
  if (preprocessing.zca === undefined) return test;
  const prepared = await prepareSource(test, { zca: true, zcaEps: preprocessing.zca.eps }, ui, workers, preprocessing);
  // The evaluation chooses its augmentation by this.
  return Object.assign(prepared, { flippable: test.flippable });
}

/** One row of the table to measure: a set, and options of its own where it needs some. */
export type Contestants = Readonly<Record<string, SyntheticSet | { set: SyntheticSet; options: EvaluateOptions }>>;

/** Evaluates several sets under the same options, with progress; stops on a signal. */
export async function measure(
  sets: Contestants,
  test: ImageSet | PreparedSet,
  options: EvaluateOptions,
  engineOptions: { workers?: number; device?: Device },
  ui: Ui,
  prefix: string = "",
): Promise<Record<string, Evaluation>> {
  const signals = watchSignals(
    () => {},
    (signal) => ui.reporter.warn(`${signal}: stopping`),
  );
  signals.deferFromNow();
  const engine = await createEngine(engineOptions);
  try {
    const results: Record<string, Evaluation> = {};
    for (const [name, contestant] of Object.entries(sets)) {
      const { set, options: own } = "set" in contestant ? contestant : { set: contestant, options: {} };
      results[name] = await evaluate(set, test, {
        ...options,
        ...own,
        engine,
        signal: signals.signal,
        onProgress: ({ network, networks, epoch, epochs, loss, done }) =>
          ui.reporter.progress({
            stage: `evaluating ${prefix}${name}`,
            done,
            total: 1,
            detail: `network ${network + 1}/${networks}, epoch ${epoch}/${epochs}`,
            data: { network, networks, epoch, epochs, loss },
          }),
      });
      ui.reporter.end();
    }
    return results;
  } catch (error) {
    if (signals.requested !== undefined) throw new Interrupted(signals.requested);
    throw error;
  } finally {
    ui.reporter.end();
    signals.dispose();
    await engine.close();
  }
}

const ROW_NAMES: Readonly<Record<string, string>> = {
  random: "random real",
  distilled: "distilled",
  whole: "whole set",
};

/** Random, distilled and whole set, as far as they were measured. */
export function accuracyTable(
  results: { readonly [Row in "random" | "distilled" | "whole"]?: Evaluation },
  ipc: number,
  wholeCount?: number,
): string {
  const rows = (["random", "distilled", "whole"] as const).flatMap((name) => {
    const result = results[name];
    if (result === undefined) return [];
    const images = name === "whole" ? `${wholeCount ?? ""}` : `${ipc} a class`;
    return [[ROW_NAMES[name]!, images, accuracy(result), String(result.accuracies.length), duration(result.seconds)]];
  });
  return table(["training set", "images", "test accuracy", "networks", "time"], rows);
}

/** The run's data set, or the one that the flags name; checked to have the run's classes and a test part. */
async function sourceOf(
  recorded: RunDataset,
  flags: EvaluateFlags,
  ui: Ui,
): Promise<{ train: ImageSet; test: ImageSet }> {
  const { dataset, dataDir, size, channels, split, labels, store, corrupt } = flags;
  const chosen = { dataset, dataDir, size, channels, split, labels, store, corrupt };
  const given = Object.entries(chosen).filter(([, value]) => value !== undefined);
  const moved = Object.fromEntries(given) as Partial<Parameters<typeof loadSource>[0]>;
  const source = given.every(([key]) => key === "dataDir" || key === "store")
    ? await reloadSource(recorded, moved, ui)
    : await loadSource({ ...locationOf(recorded), ...moved }, ui);
  const { test, train, name } = source.dataset;
  if (test === undefined) {
    throw new DatadamError("INVALID_OPTION", `${name} has no test images to evaluate on`, {
      hint: "Give another set with --dataset, or distil with --split 0.8 to keep a fifth of the images for testing.",
    });
  }
  const describe = (set: Pick<ImageSet, "shape" | "classNames">): string =>
    `images of ${set.shape.join(" x ")} in ${set.classNames.length} classes`;
  if (describe(train) !== describe(recorded)) {
    throw new DatadamError("INVALID_DATA", `${name} has ${describe(train)}, the run ${describe(recorded)}`);
  }
  return { train, test };
}
