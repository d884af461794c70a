// Statistics of experiments: rank correlation, bootstrap intervals, means with their spread.
export { bootstrap } from "./bootstrap.js";
export { averageRanks, kendall, spearman } from "./ranks.js";
export { mean, pairedDifference, sampleStd, tQuantile } from "./summary.js";
//# sourceMappingURL=index.js.map