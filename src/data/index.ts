// Data sets: from a name, a folder or an archive to images in memory.

export { type DatasetReport, inspectDataset, type SetReport } from "../images/index.ts";
export { channelStatistics } from "./decode/pixels.ts";
export { type ForeignSet, type ForeignSetOptions, readForeignSet } from "./foreign/foreignSet.ts";
export { loadDataset } from "./loadDataset.ts";
export type { DatasetOptions, ResolvedOptions } from "./options.ts";
export type { Reader, Source } from "./readers/reader.ts";
export {
  type ReadingKey,
  type ReadingOption,
  type ReadingOptions,
  readingOptions,
  readingSchema,
} from "./readingOptions.ts";
export { type DownloadOptions, download } from "./sets/download.ts";
export { type DatasetName, datasets, downloads } from "./sets/registry.ts";
export { type NamedSet, namedSet, type PublishedFile } from "./sets/set.ts";
export { cacheFolder } from "./store/cacheFolder.ts";
export { type CachedFile, verifyCache } from "./store/verify.ts";
