import type { Key } from "../random/index.ts";
import type { Candidate } from "./types.ts";
/**
 * `count` different candidates, drawn one after the other: always one whose choices have come least often so far, then one
 * whose pairs of choices have, then a random one. So every choice of an axis comes equally often, up to one where nothing is in
 * the way, and all are there from as many candidates on as the longest axis has choices.
 *
 * @returns in the order of `all`.
 * @throws DatadamError `INVALID_OPTION` where there are not as many.
 */
export declare function sampleCandidates(all: readonly Candidate[], count: number, key: Key): Candidate[];
//# sourceMappingURL=sample.d.ts.map