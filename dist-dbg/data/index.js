// Data sets: from a name, a folder or an archive to images in memory.
export { cacheFolder } from "./cacheFolder.js";
export { download, downloads } from "./download.js";
export { readForeignSet } from "./foreignSet.js";
export { inspectDataset } from "./inspect.js";
export { datasets, loadDataset } from "./loadDataset.js";
//# sourceMappingURL=index.js.map