// Successive halving (Jamieson & Talwalkar 2016): many candidates with a small budget, the best with a larger one.

import { bestFirst, type RankOptions, rankCandidates } from "./rank.ts";
import type { Candidate, CandidateResult, SearchProxy } from "./types.ts";

/**
 * Epochs of each rung, the last with all; each rung has `eta` times the epochs of the one before and 1 / eta of its
 * candidates.
 */
export function rungs(count: number, epochs: number, eta: number): number[] {
  const levels = Math.max(0, Math.floor(Math.log(Math.min(count, epochs)) / Math.log(eta) + 1e-9));
  return Array.from({ length: levels + 1 }, (_, rung) => Math.round(epochs / eta ** (levels - rung)));
}

/**
 * Trains all candidates on the proxy with few epochs, keeps the best, trains those anew with `eta` times as many, and
 * so on up to all epochs. A result's accuracy is that of the last rung which its candidate reached, its seconds are of
 * all its rungs.
 *
 * @param proxyWith the proxy with a number of epochs.
 */
export async function successiveHalving(
  candidates: readonly Candidate[],
  proxyWith: (epochs: number) => SearchProxy,
  { epochs, eta }: { readonly epochs: number; readonly eta: number },
  options: RankOptions,
): Promise<CandidateResult[]> {
  const results = new Map<string, CandidateResult>();
  let alive = candidates;
  const budgets = rungs(candidates.length, epochs, eta);
  for (const [rung, budget] of budgets.entries()) {
    const onProgress = (done: number, id: string): void => options.onProgress?.((rung + done) / budgets.length, id);
    const found = await rankCandidates(alive, proxyWith(budget), { ...options, onProgress });
    for (const result of found) {
      const seconds = (results.get(result.id)?.seconds ?? 0) + result.seconds;
      results.set(result.id, { ...result, seconds, rung });
    }
    const survivors = new Set(
      bestFirst(found)
        .slice(0, Math.ceil(alive.length / eta))
        .map(({ id }) => id),
    );
    alive = alive.filter(({ id }) => survivors.has(id));
  }
  return candidates.map(({ id }) => results.get(id)!);
}
