// Data sets: from a name, a folder or an archive to images in memory.

export { type DatasetReport, inspectDataset, type SetReport } from "../images/index.ts";
export { type ForeignSet, type ForeignSetOptions, readForeignSet } from "./foreign/foreignSet.ts";
export { datasets, loadDataset } from "./loadDataset.ts";
export type { DatasetOptions } from "./options.ts";
export { type DownloadOptions, download, downloads, type PublishedFile } from "./sets/download.ts";
export type { DatasetName } from "./sets/named.ts";
export { cacheFolder } from "./store/cacheFolder.ts";
