// Data sets: from a name, a folder or an archive to images in memory.

export { type ForeignSet, type ForeignSetOptions, readForeignSet } from "./foreign/foreignSet.ts";
export { type DatasetReport, inspectDataset, type SetReport } from "./inspect.ts";
export { datasets, loadDataset } from "./loadDataset.ts";
export type { DatasetOptions } from "./options.ts";
export {
  type ReadingKey,
  type ReadingOption,
  type ReadingOptions,
  readingOptions,
  readingSchema,
} from "./readingOptions.ts";
export { type DownloadOptions, download, downloads, type PublishedFile } from "./sets/download.ts";
export type { DatasetName } from "./sets/named.ts";
export { cacheFolder } from "./store/cacheFolder.ts";
