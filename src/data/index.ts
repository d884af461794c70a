// Data sets: from a name, a folder or an archive to images in memory.

export { type DatasetName, datasets, loadDataset } from "./loadDataset.ts";
export type { DatasetOptions } from "./options.ts";
