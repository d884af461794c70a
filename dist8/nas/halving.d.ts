import { type RankOptions } from "./rank.ts";
import type { Candidate, CandidateResult, SearchProxy } from "./types.ts";
/** Epochs of each rung, the last with all; each rung has `eta` times the epochs of the one before and 1 / eta of its candidates. */
export declare function rungs(count: number, epochs: number, eta: number): number[];
/**
 * Trains all candidates on the proxy with few epochs, keeps the best, trains those anew with `eta` times as many, and so on up to
 * all epochs. A result's accuracy is that of the last rung which its candidate reached, its seconds are of all its rungs.
 *
 * @param proxyWith the proxy with a number of epochs.
 */
export declare function successiveHalving(candidates: readonly Candidate[], proxyWith: (epochs: number) => SearchProxy, { epochs, eta }: {
    readonly epochs: number;
    readonly eta: number;
}, options: RankOptions): Promise<CandidateResult[]>;
//# sourceMappingURL=halving.d.ts.map