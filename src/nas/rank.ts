// Ranking candidates: each trained on a proxy, tested on validation images; what is known already is not done again.

import pMap from "p-map";
import type { Engine } from "../engine/types.ts";
import { DatadamError } from "../errors.ts";
import type { PreparedSet } from "../images/types.ts";
import type { Key } from "../random/index.ts";
import { mean } from "../statistics/index.ts";
import { countCorrect, fitNetwork } from "../train/index.ts";
import { buildNetwork, multiplyAdds } from "./space.ts";
import type { Candidate, CandidateResult, SearchProxy, Store } from "./types.ts";

export interface RankOptions {
  /** Images that accuracy is measured on, prepared as the proxy's are. */
  readonly validation: PreparedSet;
  /** Names all random draws. */
  readonly key: Key;
  readonly store: Store;
  /**
   * A new engine of one worker: each candidate has its own, so that its programs are freed with it. Results do not
   * depend on the engine.
   */
  readonly engine: () => Promise<Engine>;
  /** Candidates trained at once. */
  readonly lanes: number;
  /** Networks a candidate. Default 1. */
  readonly networks?: number;
  readonly signal?: AbortSignal | undefined;
  /** Work done in [0, 1], by multiply-adds; `id` is what was just at work. */
  readonly onProgress?: (done: number, id: string) => void;
}

/** Multiply-adds that what every candidate costs beside its own is like: starting, small layers, augmentation. */
const OVERHEAD = 1e7;

/**
 * Trains every candidate on `proxy` and tests it. A candidate whose training diverges has the accuracy null.
 *
 * @returns in the order of `candidates`.
 */
export async function rankCandidates(
  candidates: readonly Candidate[],
  proxy: SearchProxy,
  options: RankOptions,
): Promise<CandidateResult[]> {
  const { validation, store, lanes, signal, onProgress } = options;
  const facts = { shape: validation.shape, classes: validation.classNames.length };
  // A candidate that does not fit is known before hours of work.
  for (const candidate of candidates) buildNetwork(candidate, facts);
  const works = candidates.map((candidate) => OVERHEAD + multiplyAdds(candidate, facts));
  const total = works.reduce((sum, work) => sum + work, 0);
  const shares: number[] = candidates.map(({ id }) => (resultOf(store, proxy, id) === undefined ? 0 : 1));
  const tell = (index: number, share: number): void => {
    shares[index] = share;
    onProgress?.(
      shares.reduce((sum, candidateShare, i) => sum + candidateShare * works[i], 0) / total,
      candidates[index].id,
    );
  };
  // The expensive ones first, so that no lane is left alone with one at the end.
  const order = [...candidates.keys()].filter((i) => shares[i] === 0).sort((a, b) => works[b] - works[a]);
  const train = async (index: number): Promise<void> => {
    signal?.throwIfAborted();
    const result = await trainCandidate(candidates[index], proxy, options, (share) => tell(index, share));
    await store.add(storeKey(proxy, candidates[index].id), result);
    tell(index, 1);
  };
  await pMap(order, train, { concurrency: lanes });
  return candidates.map(({ id }) => resultOf(store, proxy, id)!);
}

/** One candidate on one proxy, as {@link rankCandidates} does it. */
export async function trainCandidate(
  candidate: Candidate,
  proxy: SearchProxy,
  { validation, key, engine: start, lanes, networks = 1, signal }: RankOptions,
  onShare: (share: number) => void = () => {},
): Promise<CandidateResult> {
  const started = performance.now();
  const network = buildNetwork(candidate, { shape: validation.shape, classes: validation.classNames.length });
  const { protocol } = proxy;
  const engine = await start();
  const programs = new Map();
  try {
    const accuracies: number[] = [];
    for (let n = 0; n < networks; n++) {
      const networkKey = key.fold(proxy.name, candidate.id, n);
      const onEpoch = (epoch: number): void => onShare((n + epoch / (protocol.epochs + 1)) / networks);
      const trainer = await fitNetwork(network, proxy.imagesAt, {
        protocol,
        key: networkKey,
        engine,
        programs,
        signal,
        onEpoch,
      });
      accuracies.push((100 * (await countCorrect(trainer, validation, signal))) / validation.count);
    }
    return { id: candidate.id, accuracy: mean(accuracies), seconds: secondsSince(started), lanes };
  } catch (error) {
    if (!(error instanceof DatadamError && error.code === "DIVERGED")) throw error;
    return { id: candidate.id, accuracy: null, seconds: secondsSince(started), lanes };
  } finally {
    await engine.close();
  }
}

/** The number that candidates are ordered by: what diverged comes below everything, and rungs above accuracies. */
export function scoreOf({ accuracy, rung = 0 }: CandidateResult): number {
  return accuracy === null ? Number.NEGATIVE_INFINITY : 1000 * rung + accuracy;
}

/** From the best on; equals stay in their order. */
export function bestFirst(results: readonly CandidateResult[]): CandidateResult[] {
  return [...results].sort((a, b) => (scoreOf(a) === scoreOf(b) ? 0 : scoreOf(b) - scoreOf(a)));
}

function resultOf(store: Store, proxy: SearchProxy, id: string): CandidateResult | undefined {
  return store.get(storeKey(proxy, id)) as CandidateResult | undefined;
}

/** What a result is kept by. The budget is part of it: rungs of halving have several. */
export function storeKey({ name, protocol }: Pick<SearchProxy, "name" | "protocol">, id: string): string {
  return `${name} ${protocol.epochs} ${id}`;
}

function secondsSince(started: number): number {
  return Number(((performance.now() - started) / 1000).toFixed(2));
}
