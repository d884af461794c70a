// `datadam nas`: how well small sets rank architectures.

import { readFileSync } from "node:fs";
import { createEngine } from "../../engine/index.ts";
import type { Device } from "../../engine/types.ts";
import { DatadamError } from "../../errors.ts";
import { protocols, settleProtocol } from "../../evaluate/index.ts";
import type { Protocol } from "../../evaluate/types.ts";
import { takeImages } from "../../images/index.ts";
import {
  agreement,
  bestFirst,
  type Candidate,
  type CandidateResult,
  type Choice,
  candidates,
  multiplyAdds,
  narrow,
  parseSpace,
  projectSeconds,
  type RankOptions,
  rankCandidates,
  type SearchProxy,
  type SearchSpace,
  sampleCandidates,
  spaces,
  streamProxy,
  successiveHalving,
  topOf,
  wallSeconds,
} from "../../nas/index.ts";
import { Key } from "../../random/index.ts";
import { type Experiment, ioError, type SourceOptions } from "../../run/index.ts";
import { commandLine, machine, runExperiment } from "../experiment.ts";
import { nasPlot, nasTable } from "../nas/report.ts";
import { type Contender, loadContenders, preparePart, splitValidation } from "../nas/sets.ts";
import type { NasRecord, ProxyRecord } from "../nas/types.ts";
import { loadSource } from "../source.ts";
import type { CommonFlags, Ui } from "../ui.ts";
import { versions } from "../versions.ts";

export interface NasFlags extends CommonFlags, SourceOptions {
  readonly dataset?: string;
  readonly dataDir?: string;
  readonly workers?: number;
  readonly device?: Device;
  readonly out: string;
  readonly proxy: readonly string[];
  readonly space?: string;
  readonly subset?: readonly (readonly [axis: string, choices: readonly Choice[]])[];
  readonly sample?: number;
  readonly seed?: number;
  readonly ipc?: number;
  readonly epochs?: number;
  readonly batch?: number;
  readonly networks?: number;
  readonly validation?: number;
  readonly validationImages?: number;
  readonly halving?: number;
  readonly reference?: string;
  readonly referenceEpochs?: number;
  readonly referenceImages?: number;
  readonly retrainEpochs?: number;
  readonly retrainImages?: number;
  readonly top?: number;
}

/** Images between two looks at the loss where real images go by. */
const STREAM_EPOCH = 1024;
const DEFAULT_REFERENCE_EPOCHS = 20;

export async function nasCommand(flags: NasFlags, ui: Ui): Promise<void> {
  const { seed = 0, epochs = 200, batch = 64, networks = 1, top = 0.2, validation: share = 0.1 } = flags;
  const whole = readSpace(flags.space ?? "convnet-720");
  const root = Key.fromSeed(seed).fold("nas");
  const all = candidates(narrow(whole, Object.fromEntries(flags.subset ?? [])));
  const chosen = flags.sample === undefined ? all : sampleCandidates(all, flags.sample, root.fold("sample"));
  const wanted = flags.proxy.filter((name) => name !== "whole");
  const reference = flags.reference ?? (wanted.length < flags.proxy.length ? "train" : undefined);

  const { dataset, description } = await loadSource({ ...flags, dataset: flags.dataset ?? "builtin" }, ui);
  const { train, test } = dataset;
  const protocol: Protocol = { ...settleProtocol(protocols.quick, train.flippable), name: "nas", epochs, batch };
  const split = splitValidation(train, share, flags.validationImages, root.fold("validation"));
  const { source, fingerprint } = description;
  const plan = {
    format: "datadam-nas/1",
    dataset: { source, fingerprint },
    seed,
    batch,
    networks,
    validation: { share, images: split.validation.length },
  };
  const record = await runExperiment(flags.out, plan, ui, async (experiment, signal) => {
    const sets = { train, split, seed, ipc: flags.ipc, protocol, key: root };
    const contenders = await loadContenders(wanted, sets, ui, flags);
    const lanes = flags.device === "webgpu" ? 1 : (flags.workers ?? (await defaultLanes()));
    const device = flags.device === undefined ? {} : { device: flags.device };
    const search: Search = {
      chosen,
      ui,
      options: {
        key: root,
        store: experiment.journal,
        engine: () => createEngine({ ...device, workers: 1 }),
        lanes,
        networks,
        signal,
      },
    };
    const results = new Map<string, CandidateResult[]>();
    for (const contender of contenders) results.set(contender.name, await searchOn(contender, search, flags.halving));

    const real = preparePart(contenders, ui, flags);
    const streamOf = async (name: string, from: typeof train, images: number, passes: number): Promise<SearchProxy> => {
      const perEpoch = Math.min(STREAM_EPOCH, images);
      const budget = { ...protocol, epochs: Math.max(1, Math.round((passes * images) / perEpoch)) };
      const picks = root.fold("pool", name).stream().sample(from.count, images).sort();
      return streamProxy(`${name}-${images}`, await real(takeImages(from, picks)), perEpoch, budget, root.fold(name));
    };
    const pool = takeImages(train, split.training);
    const referenceImages = Math.min(flags.referenceImages ?? pool.count, pool.count);
    const referenceEpochs = flags.referenceEpochs ?? DEFAULT_REFERENCE_EPOCHS;
    let known: readonly CandidateResult[] | undefined;
    if (reference === "train") {
      const proxy = await streamOf("reference", pool, referenceImages, referenceEpochs);
      const validation = await real(takeImages(train, split.validation));
      known = await rankWithProgress("the reference", proxy, { ...search, options: { ...search.options, validation } });
    } else if (reference !== undefined) {
      known = readReference(reference, chosen);
    }

    const best = new Map([...results].map(([name, found]) => [name, bestFirst(found)[0]!.id]));
    if (known !== undefined) best.set(REFERENCE, bestFirst(known)[0]!.id);
    const retrained = new Map<string, CandidateResult>();
    const retrainEpochs = flags.retrainEpochs ?? 0;
    const retrainImages = Math.min(flags.retrainImages ?? train.count, train.count);
    if (retrainEpochs > 0) {
      if (test === undefined) {
        throw new DatadamError("INVALID_OPTION", `${dataset.name} has no test images to test what is selected on`, {
          hint: "Give --retrain-epochs 0, or --split 0.8 to keep a fifth of the images for testing.",
        });
      }
      const proxy = await streamOf("retrain", train, retrainImages, retrainEpochs);
      const selected = chosen.filter(({ id }) => [...best.values()].includes(id));
      const options = { ...search.options, validation: await real(test) };
      const found = await rankWithProgress("everything", proxy, { ui, chosen: selected, options });
      for (const result of found) retrained.set(result.id, result);
    }

    const facts = { shape: train.shape, classes: train.classNames.length };
    const costs = candidates(whole).map((candidate) => multiplyAdds(candidate, facts));
    const row = (name: string, found: readonly CandidateResult[], about: ProxyFacts): ProxyRecord => {
      const selected = best.get(name)!;
      const key = root.fold("agreement", name);
      const places = known === undefined ? [] : topOf(known, top);
      return {
        name,
        ...about,
        seconds: Number(wallSeconds(found).toFixed(1)),
        projectedSeconds:
          flags.halving !== undefined && name !== REFERENCE ? null : projection(found, chosen, costs, facts),
        diverged: found.filter(({ accuracy }) => accuracy === null).length,
        agreement: known === undefined ? null : agreement(found, known, key.fold("whole")),
        topAgreement:
          known === undefined
            ? null
            : agreement(
                places.map((i) => found[i]!),
                places.map((i) => known[i]!),
                key.fold("top"),
              ),
        selected: {
          id: selected,
          referenceAccuracy: known?.find(({ id }) => id === selected)?.accuracy ?? null,
          testAccuracy: retrained.get(selected)?.accuracy ?? null,
        },
        results: found,
      };
    };
    const referenceFacts: ProxyFacts = {
      storedImages: referenceImages,
      seenImages: referenceEpochs * referenceImages,
    };
    const finished: NasRecord = {
      format: "datadam-nas/1",
      command: commandLine(),
      created: new Date().toISOString(),
      machine: machine(),
      versions: versions(),
      dataset: description.name,
      space: whole,
      spaceSize: candidates(whole).length,
      subset: Object.fromEntries(flags.subset ?? []),
      candidates: chosen.length,
      seed,
      networks,
      protocol,
      validationImages: split.validation.length,
      top,
      reference: reference === undefined ? null : { from: reference, epochs: referenceEpochs, images: referenceImages },
      retrained: retrainEpochs === 0 ? null : { epochs: retrainEpochs, images: retrainImages },
      halving: flags.halving ?? null,
      proxies: [
        ...contenders.map(({ name, proxyWith }) => row(name, results.get(name)!, factsOf(proxyWith(epochs)))),
        ...(known === undefined ? [] : [row(REFERENCE, known, referenceFacts)]),
      ],
    };
    save(experiment, finished);
    return finished;
  });
  ui.result(nasTable(record), record);
}

/** The reference as a row beside the proxies. */
const REFERENCE = "whole set";

interface Search {
  readonly chosen: readonly Candidate[];
  readonly ui: Ui;
  readonly options: Omit<RankOptions, "validation">;
}

type ProxyFacts = Pick<SearchProxy, "storedImages" | "seenImages">;

function factsOf({ storedImages, seenImages }: SearchProxy): ProxyFacts {
  return { storedImages, seenImages };
}

function searchOn(
  { name, proxyWith, validation }: Contender,
  search: Search,
  eta: number | undefined,
): Promise<CandidateResult[]> {
  const { chosen, ui } = search;
  const options = withProgress(name, chosen.length, ui, { ...search.options, validation });
  const { epochs } = proxyWith().protocol;
  if (eta === undefined) return rankCandidates(chosen, proxyWith(), options);
  return successiveHalving(chosen, proxyWith, { epochs, eta }, options);
}

function rankWithProgress(
  name: string,
  proxy: SearchProxy,
  { chosen, ui, options }: Search & { readonly options: RankOptions },
): Promise<CandidateResult[]> {
  return rankCandidates(chosen, proxy, withProgress(name, chosen.length, ui, options));
}

function withProgress(name: string, count: number, { reporter }: Ui, options: RankOptions): RankOptions {
  return {
    ...options,
    onProgress: (done, id) =>
      reporter.progress({
        stage: `training ${count} architectures on ${name}`,
        done,
        total: 1,
        detail: id,
        data: { proxy: name, architecture: id },
      }),
  };
}

/** Seconds for all of the space, from what was measured of it; null where all of it was. */
function projection(
  found: readonly CandidateResult[],
  chosen: readonly Candidate[],
  costs: readonly number[],
  facts: Parameters<typeof multiplyAdds>[1],
): number | null {
  if (found.length >= costs.length) return null;
  const measured = found.map(({ seconds, lanes }, i) => ({
    cost: multiplyAdds(chosen[i]!, facts),
    seconds: seconds / lanes,
  }));
  return Math.round(projectSeconds(measured, costs));
}

function save(experiment: Experiment, record: NasRecord): void {
  experiment.write("nas.json", `${JSON.stringify(record, undefined, 1)}\n`);
  experiment.write("nas.svg", nasPlot(record));
}

function readSpace(name: string): SearchSpace {
  const known = spaces[name];
  if (known !== undefined) return known;
  if (!name.endsWith(".json")) {
    throw new DatadamError("INVALID_OPTION", `unknown search space "${name}"`, {
      hint: `Known: ${Object.keys(spaces).join(", ")}; or a .json file with a "name" and "axes".`,
    });
  }
  return parseSpace(readJsonFile(name), name);
}

/** The reference ranking of an earlier search, in the order of `chosen`. */
function readReference(path: string, chosen: readonly Candidate[]): CandidateResult[] {
  const { proxies } = (readJsonFile(path) ?? {}) as Partial<NasRecord>;
  const found = Array.isArray(proxies) ? proxies.find(({ name }) => name === REFERENCE)?.results : undefined;
  if (!Array.isArray(found)) {
    throw new DatadamError("INVALID_DATA", `${path} holds no reference ranking`, {
      hint: "Give the nas.json of a search that was run with --reference train.",
    });
  }
  const byId = new Map(found.map((result) => [result.id, result]));
  const missing = chosen.filter(({ id }) => byId.get(id) === undefined);
  if (missing.length > 0) {
    throw new DatadamError(
      "INVALID_DATA",
      `${path} ranks ${found.length} architectures, but not ${missing[0]!.id}${missing.length > 1 ? ` and ${missing.length - 1} more` : ""}`,
      { hint: "Search with the same --space, --subset, --sample and --seed." },
    );
  }
  return chosen.map(({ id }) => byId.get(id)!);
}

function readJsonFile(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw ioError(error, `Cannot read ${path}`);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DatadamError("INVALID_DATA", `${path} is not valid JSON: ${(cause as Error).message}`, { cause });
  }
}

async function defaultLanes(): Promise<number> {
  const { availableParallelism } = await import("node:os");
  return availableParallelism();
}
