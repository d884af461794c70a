// The formats that are read, a line each: the first that recognises a path reads it.

import { folderReader } from "./folder.ts";
import { npzReader } from "./npz.ts";
import { parquetReader } from "./parquet.ts";
import type { Reader } from "./reader.ts";
import { tableReader } from "./table.ts";
import { tarReader } from "./tar.ts";
import { webDatasetReader } from "./webdataset.ts";

/** In the order in which they are asked. */
export const READERS: readonly Reader[] = [
  npzReader,
  tableReader,
  parquetReader,
  webDatasetReader,
  tarReader,
  folderReader,
];
