// `datadam nas`: how well small sets rank architectures.

import { availableParallelism } from "node:os";
import { createEngine } from "../../engine/index.ts";
import type { Device, Engine } from "../../engine/types.ts";
import { DatadamError } from "../../errors.ts";
import { takeImages } from "../../images/index.ts";
import type { Dataset, ImageSet, PreparedSet } from "../../images/types.ts";
import { versions } from "../../lab/node/versions.ts";
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
import type { SourceOptions } from "../../run/index.ts";
import { protocols, resolveProtocol } from "../../train/index.ts";
import type { Protocol } from "../../train/types.ts";
import { commandLine, machine, runExperiment } from "../experiment.ts";
import { readJsonFile } from "../jsonFile.ts";
import { nasPlot, nasTable } from "../nas/report.ts";
import { type Contender, loadContenders, preparePart, type Split, spaceTag, splitValidation } from "../nas/sets.ts";
import type { NasRecord, ProxyRecord } from "../nas/types.ts";
import { loadSource } from "../source.ts";
import type { CommonFlags, Ui } from "../ui.ts";

export interface NasFlags extends CommonFlags, SourceOptions {
  readonly dataset?: string;
  readonly dataDir?: string;
  readonly workers?: number;
  readonly device?: Device;
  readonly out: string;
  readonly proxy: readonly string[];
  readonly space?: string;
  readonly subset?: readonly (readonly [axis: string, choices: readonly Choice[]])[];
  readonly maxMadds?: number;
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
const DEFAULT_TOP = 0.2;
/** The reference as a row beside the proxies. */
const REFERENCE = "whole set";

export async function nasCommand(flags: NasFlags, ui: Ui): Promise<void> {
  const { seed = 0, epochs = 200, batch = 64, networks = 1, validation: share = 0.1 } = flags;
  const space = readSpace(flags.space ?? "convnet-720");
  const key = Key.fromSeed(seed).fold("nas");
  const part = candidates(narrow(space, Object.fromEntries(flags.subset ?? [])));
  const { dataset, description } = await loadSource({ ...flags, dataset: flags.dataset ?? "builtin" }, ui);
  const { train } = dataset;
  const facts = { shape: train.shape, classes: train.classNames.length };
  const most = 1e6 * (flags.maxMadds ?? Number.POSITIVE_INFINITY);
  const all = part.filter((candidate) => multiplyAdds(candidate, facts) <= most);
  const chosen = flags.sample === undefined ? all : sampleCandidates(all, flags.sample, key.fold("sample"));
  // Read before hours of training, not after.
  const given =
    flags.reference === undefined || flags.reference === "train" ? undefined : readReference(flags.reference, chosen);
  const retrainEpochs = flags.retrainEpochs ?? 0;
  if (retrainEpochs > 0 && dataset.test === undefined) {
    throw new DatadamError("INVALID_OPTION", `${dataset.name} has no test images to test what is selected on`, {
      hint: "Give --retrain-epochs 0, or --split 0.8 to keep a fifth of the images for testing.",
    });
  }
  const protocol: Protocol = { ...resolveProtocol(protocols.quick, train.flippable), name: "nas", epochs, batch };
  const split = splitValidation(train, share, flags.validationImages, key.fold("validation"));
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
    const lanes = flags.device === "webgpu" ? 1 : (flags.workers ?? availableParallelism());
    const device = flags.device === undefined ? {} : { device: flags.device };
    const engine = (): Promise<Engine> => createEngine({ ...device, workers: 1 });
    const options = { key, store: experiment.journal, engine, lanes, networks, signal };
    const search: Search = { flags, dataset, space, chosen, given, split, protocol, ui, options };
    const rows = await searchAll(search);
    const finished: NasRecord = {
      format: "datadam-nas/1",
      command: commandLine(),
      created: new Date().toISOString(),
      machine: machine(),
      versions: versions(),
      dataset: description.name,
      space,
      spaceSize: candidates(space).length,
      subset: Object.fromEntries(flags.subset ?? []),
      maxMadds: flags.maxMadds ?? null,
      candidates: chosen.length,
      seed,
      networks,
      protocol,
      validationImages: split.validation.length,
      top: flags.top ?? DEFAULT_TOP,
      retrained: retrainEpochs === 0 ? null : { epochs: retrainEpochs, images: retrainImages(search) },
      halving: flags.halving ?? null,
      ...rows,
    };
    experiment.write("nas.json", `${JSON.stringify(finished, undefined, 1)}\n`);
    experiment.write("nas.svg", nasPlot(finished));
    return finished;
  });
  ui.result(nasTable(record), record);
}

/** All that a search works with. */
interface Search {
  readonly flags: NasFlags;
  readonly dataset: Dataset;
  readonly space: SearchSpace;
  readonly chosen: readonly Candidate[];
  /** The reference ranking of another search, where one is asked for. */
  readonly given: Reference | undefined;
  readonly split: Split;
  readonly protocol: Protocol;
  readonly ui: Ui;
  readonly options: Omit<RankOptions, "validation">;
}

type Real = (part: ImageSet) => Promise<PreparedSet>;

interface Reference {
  readonly about: NonNullable<NasRecord["reference"]>;
  readonly results: readonly CandidateResult[];
}

/** Ranks by every proxy and by the reference, and trains what they select on everything. */
async function searchAll(search: Search): Promise<Pick<NasRecord, "proxies" | "reference">> {
  const { flags, dataset, split, protocol, ui, options } = search;
  const sets = { train: dataset.train, split, seed: flags.seed ?? 0, ipc: flags.ipc, protocol, key: options.key };
  const wanted = flags.proxy.filter((name) => name !== "whole");
  const contenders = await loadContenders(wanted, sets, ui, flags);
  const rankings: Ranking[] = [];
  for (const contender of contenders) {
    const { storedImages, seenImages } = contender.proxyWith();
    const results = await searchOn(contender, search);
    rankings.push({ name: contender.name, storedImages, seenImages, results });
  }
  const real = preparePart(contenders, ui, flags);
  const reference = await referenceOf(search, real);
  if (reference !== undefined) {
    const { images, epochs } = reference.about;
    rankings.push({ name: REFERENCE, storedImages: images, seenImages: epochs * images, results: reference.results });
  }
  const retrained = await retrain(rankings, search, real);
  return {
    proxies: rankings.map((ranking) => rowOf(ranking, reference?.results, retrained, search)),
    reference: reference?.about ?? null,
  };
}

function searchOn({ name, proxyWith, validation }: Contender, search: Search): Promise<CandidateResult[]> {
  const { chosen, flags } = search;
  const options = withProgress(name, chosen.length, search, validation);
  const { epochs } = search.protocol;
  if (flags.halving === undefined) return rankCandidates(chosen, proxyWith(), options);
  return successiveHalving(chosen, proxyWith, { epochs, eta: flags.halving }, options);
}

function withProgress(name: string, count: number, { ui, options }: Search, validation: PreparedSet): RankOptions {
  return {
    ...options,
    validation,
    onProgress: (done, id) =>
      ui.reporter.progress({
        stage: `training ${count} architectures on ${name}`,
        done,
        total: 1,
        detail: id,
        data: { proxy: name, architecture: id },
      }),
  };
}

/** The reference ranking that was asked for: trained, or of another search. */
async function referenceOf(search: Search, real: Real): Promise<Reference | undefined> {
  const { flags, dataset, split, chosen, given } = search;
  if (given !== undefined) return given;
  const from = flags.reference ?? (flags.proxy.includes("whole") ? "train" : undefined);
  if (from === undefined) return undefined;
  const pool = takeImages(dataset.train, split.training);
  const about = {
    from,
    epochs: flags.referenceEpochs ?? DEFAULT_REFERENCE_EPOCHS,
    images: Math.min(flags.referenceImages ?? pool.count, pool.count),
  };
  const proxy = await passesOver("reference", pool, about, search, real);
  const validation = await real(takeImages(dataset.train, split.validation));
  const results = await rankCandidates(chosen, proxy, withProgress("the reference", chosen.length, search, validation));
  return { about, results };
}

/** Test accuracy of what the rankings select, by architecture, after training on the whole set. */
async function retrain(rankings: readonly Ranking[], search: Search, real: Real): Promise<Map<string, number | null>> {
  const { flags, dataset, chosen } = search;
  const epochs = flags.retrainEpochs ?? 0;
  if (epochs === 0) return new Map();
  const best = rankings.map(({ results }) => bestFirst(results)[0]!.id);
  const selected = chosen.filter(({ id }) => best.includes(id));
  const proxy = await passesOver("retrain", dataset.train, { epochs, images: retrainImages(search) }, search, real);
  const options = withProgress("everything", selected.length, search, await real(dataset.test!));
  return new Map((await rankCandidates(selected, proxy, options)).map(({ id, accuracy }) => [id, accuracy]));
}

function retrainImages({ flags, dataset }: Search): number {
  return Math.min(flags.retrainImages ?? dataset.train.count, dataset.train.count);
}

/** Training in passes over some images of a set. */
async function passesOver(
  name: string,
  from: ImageSet,
  { epochs, images }: { readonly epochs: number; readonly images: number },
  { protocol, options }: Search,
  real: Real,
): Promise<SearchProxy> {
  const perEpoch = Math.min(STREAM_EPOCH, images);
  const budget = { ...protocol, epochs: Math.max(1, Math.round((epochs * images) / perEpoch)) };
  const picks = options.key.fold("pool", name).stream().sample(from.count, images).sort();
  const set = await real(takeImages(from, picks));
  return streamProxy(
    `${name}-${images}${spaceTag(set.preprocessing, from)}`,
    set,
    perEpoch,
    budget,
    options.key.fold(name),
  );
}

type Ranking = Pick<ProxyRecord, "name" | "storedImages" | "seenImages" | "results">;

function rowOf(
  ranking: Ranking,
  reference: readonly CandidateResult[] | undefined,
  retrained: ReadonlyMap<string, number | null>,
  search: Search,
): ProxyRecord {
  const { name, results } = ranking;
  const { flags, options } = search;
  const key = options.key.fold("agreement", name);
  const { id } = bestFirst(results)[0]!;
  const places = reference === undefined ? [] : topOf(reference, flags.top ?? DEFAULT_TOP);
  const atPlaces = (all: readonly CandidateResult[]): CandidateResult[] => places.map((place) => all[place]!);
  const halved = flags.halving !== undefined && name !== REFERENCE;
  return {
    ...ranking,
    seconds: Number(wallSeconds(results).toFixed(1)),
    projectedSeconds: halved ? null : projection(results, search),
    diverged: results.filter(({ accuracy }) => accuracy === null).length,
    agreement: reference === undefined ? null : agreement(results, reference, key.fold("whole")),
    topAgreement: reference === undefined ? null : agreement(atPlaces(results), atPlaces(reference), key.fold("top")),
    selected: {
      id,
      referenceAccuracy: reference?.find((result) => result.id === id)?.accuracy ?? null,
      testAccuracy: retrained.get(id) ?? null,
    },
  };
}

/** Seconds for all of the space, from what was measured of it; null where all of it was. */
function projection(results: readonly CandidateResult[], { space, chosen, dataset }: Search): number | null {
  const { shape, classNames } = dataset.train;
  const facts = { shape, classes: classNames.length };
  const costs = candidates(space).map((candidate) => multiplyAdds(candidate, facts));
  if (results.length >= costs.length) return null;
  const measured = results.map(({ seconds, lanes }, i) => ({
    cost: multiplyAdds(chosen[i]!, facts),
    seconds: seconds / lanes,
  }));
  return Math.round(projectSeconds(measured, costs));
}

function readSpace(name: string): SearchSpace {
  if (Object.hasOwn(spaces, name)) return spaces[name]!;
  if (!name.endsWith(".json")) {
    throw new DatadamError("INVALID_OPTION", `unknown search space "${name}"`, {
      hint: `Known: ${Object.keys(spaces).join(", ")}; or a .json file with a "name" and "axes".`,
    });
  }
  return parseSpace(readJsonFile(name, { code: "INVALID_DATA" }), name);
}

/** The reference ranking of an earlier search, in the order of `chosen`. */
function readReference(path: string, chosen: readonly Candidate[]): Reference {
  const { proxies, reference } = (readJsonFile(path, { code: "INVALID_DATA" }) ?? {}) as Partial<NasRecord>;
  const found = Array.isArray(proxies) ? proxies.find(({ name }) => name === REFERENCE)?.results : undefined;
  if (!Array.isArray(found) || typeof reference?.images !== "number") {
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
  return { about: { ...reference, from: path }, results: chosen.map(({ id }) => byId.get(id)!) };
}
