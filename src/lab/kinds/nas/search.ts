// A search: rankings by every proxy and by the reference, and what they select trained on everything.

import { takeImages } from "../../../images/index.ts";
import type { Dataset, ImageSet, PreparedSet } from "../../../images/types.ts";
import {
  agreement,
  bestFirst,
  type Candidate,
  type CandidateResult,
  candidates,
  multiplyAdds,
  projectSeconds,
  type RankOptions,
  rankCandidates,
  type SearchProxy,
  type Split,
  streamProxy,
  successiveHalving,
  topOf,
  wallSeconds,
} from "../../../nas/index.ts";
import type { Protocol } from "../../../train/types.ts";
import type { Context } from "../../types.ts";
import { type Contender, preparePart, spaceTag } from "./contenders.ts";
import { type NasJob, spaceOf } from "./job.ts";
import { type NasRecord, type ProxyRecord, REFERENCE } from "./record.ts";
import type { Reference } from "./reference.ts";

/** Images between two looks at the loss where real images go by. */
const STREAM_EPOCH = 1024;

/** All that a search works with. */
export interface Search {
  readonly context: Context<NasJob>;
  readonly dataset: Dataset;
  readonly chosen: readonly Candidate[];
  /** The reference ranking of another search, where one is asked for. */
  readonly given: Reference | undefined;
  readonly split: Split;
  readonly protocol: Protocol;
  readonly contenders: readonly Contender[];
  readonly options: Omit<RankOptions, "validation">;
}

type Real = (part: ImageSet) => Promise<PreparedSet>;
type Ranking = Pick<ProxyRecord, "name" | "storedImages" | "seenImages" | "results">;

/** Ranks by every proxy and by the reference, and trains what they select on everything. */
export async function searchAll(search: Search): Promise<Pick<NasRecord, "proxies" | "reference">> {
  const { context, contenders } = search;
  const rankings: Ranking[] = [];
  for (const contender of contenders) {
    const { storedImages, seenImages } = contender.proxyWith();
    const results = await searchOn(contender, search);
    rankings.push({ name: contender.name, storedImages, seenImages, results });
  }
  const real = preparePart(contenders, context);
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

/** What is selected is trained on: all images of the training part, or as many as were asked for. */
export function retrainImages({ context: { job }, dataset }: Pick<Search, "context" | "dataset">): number {
  return Math.min(job.retrain?.images ?? dataset.train.count, dataset.train.count);
}

function searchOn({ name, proxyWith, validation }: Contender, search: Search): Promise<CandidateResult[]> {
  const { chosen, context, protocol } = search;
  const { halving } = context.job;
  const options = withProgress(name, chosen.length, search, validation);
  if (halving === undefined) return rankCandidates(chosen, proxyWith(), options);
  return successiveHalving(chosen, proxyWith, { epochs: protocol.epochs, eta: halving }, options);
}

function withProgress(name: string, count: number, { context, options }: Search, validation: PreparedSet): RankOptions {
  return {
    ...options,
    validation,
    onProgress: (done, id) =>
      context.progress({
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
  const { context, dataset, split, chosen, given } = search;
  const { reference } = context.job;
  if (given !== undefined || reference === undefined) return given;
  const pool = takeImages(dataset.train, split.training);
  const images = Math.min(reference.images ?? pool.count, pool.count);
  const about = { from: reference.from, epochs: reference.epochs, images };
  const proxy = await passesOver("reference", pool, about, search, real);
  const validation = await real(takeImages(dataset.train, split.validation));
  const results = await rankCandidates(chosen, proxy, withProgress("the reference", chosen.length, search, validation));
  return { about, results };
}

/** Test accuracy of what the rankings select, by architecture, after training on the whole set. */
async function retrain(rankings: readonly Ranking[], search: Search, real: Real): Promise<Map<string, number | null>> {
  const { context, dataset, chosen } = search;
  const epochs = context.job.retrain?.epochs;
  if (epochs === undefined) return new Map();
  const best = rankings.map(({ results }) => bestFirst(results)[0]!.id);
  const selected = chosen.filter(({ id }) => best.includes(id));
  const proxy = await passesOver("retrain", dataset.train, { epochs, images: retrainImages(search) }, search, real);
  const options = withProgress("everything", selected.length, search, await real(dataset.test!));
  return new Map((await rankCandidates(selected, proxy, options)).map(({ id, accuracy }) => [id, accuracy]));
}

/** Images of an epoch, and the protocol, of a training in passes over so many images. */
export function passes(
  { epochs, images }: { readonly epochs: number; readonly images: number },
  protocol: Protocol,
): { readonly perEpoch: number; readonly protocol: Protocol } {
  const perEpoch = Math.min(STREAM_EPOCH, images);
  return { perEpoch, protocol: { ...protocol, epochs: Math.max(1, Math.round((epochs * images) / perEpoch)) } };
}

/** Training in passes over some images of a set. */
async function passesOver(
  name: string,
  from: ImageSet,
  budget: { readonly epochs: number; readonly images: number },
  { protocol, options }: Search,
  real: Real,
): Promise<SearchProxy> {
  const { images } = budget;
  const { perEpoch, protocol: own } = passes(budget, protocol);
  const picks = options.key.fold("pool", name).stream().sample(from.count, images).sort();
  const set = await real(takeImages(from, picks));
  const title = `${name}-${images}${await spaceTag(set.preprocessing, from)}`;
  return streamProxy(title, set, perEpoch, own, options.key.fold(name));
}

function rowOf(
  ranking: Ranking,
  reference: readonly CandidateResult[] | undefined,
  retrained: ReadonlyMap<string, number | null>,
  search: Search,
): ProxyRecord {
  const { name, results } = ranking;
  const { context, options } = search;
  const key = options.key.fold("agreement", name);
  const { id } = bestFirst(results)[0]!;
  const places = reference === undefined ? [] : topOf(reference, context.job.top);
  const atPlaces = (all: readonly CandidateResult[]): CandidateResult[] => places.map((place) => all[place]!);
  const halved = context.job.halving !== undefined && name !== REFERENCE;
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
function projection(results: readonly CandidateResult[], { context, chosen, dataset }: Search): number | null {
  const { shape, classNames } = dataset.train;
  const facts = { shape, classes: classNames.length };
  const costs = candidates(spaceOf(context.job)).map((candidate) => multiplyAdds(candidate, facts));
  if (results.length >= costs.length) return null;
  const measured = results.map(({ seconds, lanes }, i) => ({
    cost: multiplyAdds(chosen[i]!, facts),
    seconds: seconds / lanes,
  }));
  return Math.round(projectSeconds(measured, costs));
}
