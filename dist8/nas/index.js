// Architecture search: spaces, proxies, rankings and how they agree.
export { rungs, successiveHalving } from "./halving.js";
export { setProxy, streamProxy } from "./proxies.js";
export { bestFirst, rankCandidates, scoreOf, trainCandidate } from "./rank.js";
export { agreement, projectSeconds, topOf, wallSeconds } from "./report.js";
export { sampleCandidates } from "./sample.js";
export { buildNetwork, candidates, multiplyAdds, narrow, parseSpace, spaces } from "./space.js";
//# sourceMappingURL=index.js.map