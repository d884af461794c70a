// Pages: a report as one HTML file.

export { byFeatures } from "./gather/features.ts";
export { byPixels, nearestImages } from "./gather/nearest.ts";
export { type GatheredRun, gatherRun } from "./gather/run.ts";
export { reportDocument } from "./report/document.ts";
export type { Assets, Encoder, Recipe, Report, ReportRun, ReportTable } from "./types.ts";
