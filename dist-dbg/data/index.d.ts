export { cacheFolder } from "./cacheFolder.ts";
export { type DownloadOptions, download, downloads, type PublishedFile } from "./download.ts";
export { type ForeignSet, type ForeignSetOptions, readForeignSet } from "./foreignSet.ts";
export { type DatasetReport, inspectDataset, type SetReport } from "./inspect.ts";
export { datasets, loadDataset } from "./loadDataset.ts";
export type { DatasetName } from "./named.ts";
export type { DatasetOptions } from "./options.ts";
//# sourceMappingURL=index.d.ts.map