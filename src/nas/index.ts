// Architecture search: spaces, proxies, rankings and how they agree.

export { rungs, successiveHalving } from "./halving.ts";
export { setProxy, streamProxy } from "./proxies.ts";
export { bestFirst, type RankOptions, rankCandidates, scoreOf, storeKey, trainCandidate } from "./rank.ts";
export { agreement, projectSeconds, topOf, wallSeconds } from "./report.ts";
export { sampleCandidates } from "./sample.ts";
export { buildNetwork, candidates, multiplyAdds, type NetworkFacts, narrow, parseSpace, spaces } from "./space.ts";
export type {
  Agreement,
  Candidate,
  CandidateResult,
  Choice,
  Correlation,
  SearchProxy,
  SearchSpace,
  Store,
} from "./types.ts";
export { type Split, splitValidation } from "./validation.ts";
