export { type BootstrapOptions, bootstrap, type Interval } from "./bootstrap.ts";
export { averageRanks, kendall, spearman } from "./ranks.ts";
export { mean, type PairedDifference, pairedDifference, sampleStd, tQuantile } from "./summary.ts";
//# sourceMappingURL=index.d.ts.map