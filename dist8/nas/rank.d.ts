import type { Engine } from "../engine/types.ts";
import type { PreparedSet } from "../images/types.ts";
import type { Key } from "../random/index.ts";
import type { Candidate, CandidateResult, SearchProxy, Store } from "./types.ts";
export interface RankOptions {
    /** Images that accuracy is measured on, prepared as the proxy's are. */
    readonly validation: PreparedSet;
    /** Names all random draws. */
    readonly key: Key;
    readonly store: Store;
    /**
     * A new engine of one worker: each candidate has its own, so that its programs are freed with it. Results do not depend on the
     * engine.
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
/**
 * Trains every candidate on `proxy` and tests it. A candidate whose training diverges has the accuracy null.
 *
 * @returns in the order of `candidates`.
 */
export declare function rankCandidates(candidates: readonly Candidate[], proxy: SearchProxy, options: RankOptions): Promise<CandidateResult[]>;
/** One candidate on one proxy, as {@link rankCandidates} does it. */
export declare function trainCandidate(candidate: Candidate, proxy: SearchProxy, { validation, key, engine: start, lanes, networks, signal }: RankOptions, onShare?: (share: number) => void): Promise<CandidateResult>;
/** The number that candidates are ordered by: what diverged comes below everything, and rungs above accuracies. */
export declare function scoreOf({ accuracy, rung }: CandidateResult): number;
/** From the best on; equals stay in their order. */
export declare function bestFirst(results: readonly CandidateResult[]): CandidateResult[];
//# sourceMappingURL=rank.d.ts.map