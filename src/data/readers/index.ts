// The formats of data sets that are read, a line each.

export { folder } from "./folder.ts";
export { npz } from "./npz.ts";
export { parquet } from "./parquet.ts";
export { table } from "./table.ts";
export { tar } from "./tar.ts";
export { webDataset } from "./webdataset.ts";
