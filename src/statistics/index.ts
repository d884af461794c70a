// Statistics of experiments: rank correlation, bootstrap intervals, means with their spread.

export { type BootstrapOptions, bootstrap, type Interval } from "./bootstrap.ts";
export { averageRanks, kendall, spearman } from "./ranks.ts";
export {
  mean,
  median,
  type PairedDifference,
  pairedDifference,
  sampleStd,
  standardError,
  tQuantile,
} from "./summary.ts";
