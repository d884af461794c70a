// From a name or a path to a data set: finds the published set or the reader of the format.

import { basename, resolve } from "node:path";
import { counted } from "../counted.ts";
import { DatadamError } from "../errors.ts";
import type { Dataset, TestedDataset } from "../images/types.ts";
import { warnMislabelledArchive } from "./archives/archiveFile.ts";
import { withHeldOut } from "./heldOut.ts";
import { LAYOUT_HINT } from "./layout/layout.ts";
import { type DatasetOptions, type ResolvedOptions, resolveOptions } from "./options.ts";
import { placeAt } from "./readers/locate.ts";
import { openSource, type Reader, type Source, unrecognised } from "./readers/reader.ts";
import { READERS } from "./readers/registry.ts";
import { assertTaken } from "./readingOptions.ts";
import { type DatasetName, datasets, isName, NAMED } from "./sets/registry.ts";
import type { NamedSet } from "./sets/set.ts";

/**
 * Loads a data set into (shared) memory, or into a cache on the disk where it is large (see {@link DatasetOptions}).
 * Equal files and options give equal bytes.
 *
 * A path is a folder of class folders of images (a class is named by its folder), or of `train/` and `test/` (or
 * `val/`) folders of such, or an archive of either: zip, or tar, plain or compressed; or a folder or archive of images
 * with a `metadata.csv`; or a .csv file of `path,label` lines; or WebDataset shards: a tar of `1.jpg` and `1.cls` (or
 * `1.json`), or a folder of such; or Parquet files as Hugging Face exports image sets, one or a folder of them. The
 * shorter side of every image is scaled to `size` and its central square cut out. Paths are sorted, so the order does
 * not depend on the disk.
 *
 * An `.npz` file holds `x_train` ([n, height, width], or with 1 or 3 channels in front or at the end: pixels from 0 to
 * 255, or floats from 0 to 1), `y_train` (n integers, texts or one-hot rows) and perhaps `x_test` and `y_test`; or
 * MedMNIST's `train_images` and so on, or `X` and `y`.
 *
 * @param nameOrPath a {@link DatasetName} (all but `builtin` need `dir`), or a path
 * @throws DatadamError DATASET_NOT_FOUND where there is nothing; INVALID_DATA, with the path, where something is
 *   damaged; INVALID_OPTION
 */
export async function loadDataset(name: DatasetName, options?: DatasetOptions): Promise<TestedDataset>;
export async function loadDataset(nameOrPath: string, options?: DatasetOptions): Promise<Dataset>;
export async function loadDataset(nameOrPath: string, options: DatasetOptions = {}): Promise<Dataset> {
  const dataset = await (isName(nameOrPath) ? loadNamed(NAMED[nameOrPath], options) : loadPath(nameOrPath, options));
  return options.holdOut === undefined ? dataset : withHeldOut(dataset, options.holdOut);
}

async function loadNamed(set: NamedSet, options: DatasetOptions): Promise<TestedDataset> {
  const resolved = resolveOptions(options, set.defaults);
  assertTaken(set.name, options, set.takes);
  const dataset = await set.load(resolved);
  warnCounts(dataset, set.counts, resolved.onWarning);
  return dataset;
}

async function loadPath(path: string, options: DatasetOptions): Promise<Dataset> {
  const resolved = resolveOptions(options);
  const place = await placeAt(path);
  if (place === undefined) {
    const message = `There is no data set "${path}", and no file or folder of that name.`;
    const known = Object.keys(datasets).join(", ");
    throw new DatadamError("DATASET_NOT_FOUND", message, {
      hint: `Known data sets: ${known}. Or give a path to a folder that holds one folder of images per class.`,
    });
  }
  const source = await openSource(place, resolved);
  try {
    const reader = await readerOf(source, resolved);
    assertTaken(path, options, reader.takes);
    return await reader.load(nameOf(path), source, resolved);
  } finally {
    await source.close();
  }
}

async function readerOf(source: Source, { onWarning }: ResolvedOptions): Promise<Reader> {
  if (source.isFolder) await assertNotPublished(source);
  else warnMislabelledArchive(source.path, source.kind, onWarning);
  for (const reader of READERS) {
    if (!(await reader.recognises(source))) continue;
    if (reader.takesTheRest && !source.isFolder) await assertNotPublished(source);
    return reader;
  }
  throw unrecognised(source, READERS, LAYOUT_HINT);
}

/** The last part of a path, without the ending that a reader knows. */
function nameOf(path: string): string {
  const name = basename(resolve(path));
  const endings = READERS.flatMap((reader) => reader.endings).sort((a, b) => b.length - a.length);
  const ending = endings.find((one) => name.toLowerCase().endsWith(one)) ?? "";
  return name.slice(0, name.length - ending.length);
}

/** @throws DatadamError INVALID_OPTION where the files are those of a set that is known by name */
async function assertNotPublished(source: Source): Promise<void> {
  const { files } = await source.tree();
  for (const { name, telltale } of Object.values<NamedSet>(NAMED)) {
    if (telltale === undefined || !files.some((path) => telltale.test(path))) continue;
    const message = `"${source.path}" holds ${name} as published, not class folders of images.`;
    throw new DatadamError("INVALID_OPTION", message, {
      hint: `Load the data set ${name} with "${source.path}" as its \`dir\`.`,
    });
  }
}

function warnCounts(
  { train, test }: TestedDataset,
  counts: NamedSet["counts"],
  onWarning: (message: string) => void,
): void {
  for (const [i, { name, count }] of [train, test].entries()) {
    if (counts === undefined || count === counts[i]) continue;
    onWarning(`${name} has ${counted(count, "image")} here; as published it has ${counts[i]}.`);
  }
}
