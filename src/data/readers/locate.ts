// Where a named data set lies.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { DatadamError } from "../../errors.ts";

/** A folder or file that is there. */
export interface Place {
  readonly path: string;
  readonly isFolder: boolean;
}

/** What is at a path; links are followed. Pipes and devices are neither file nor folder. */
export async function placeAt(path: string): Promise<Place | undefined> {
  const info = await stat(path).catch(() => undefined);
  return info?.isFile() || info?.isDirectory() ? { path, isFolder: info.isDirectory() } : undefined;
}

/**
 * The place of a named set: `dir` itself, or the first of `names` that the folder `dir` holds.
 * @param hint says where the set comes from
 * @throws DatadamError INVALID_OPTION without `dir`, DATASET_NOT_FOUND where there is nothing at `dir`
 */
export async function locate(
  name: string,
  dir: string | undefined,
  names: readonly string[],
  hint: string,
): Promise<Place> {
  if (dir === undefined) {
    throw new DatadamError("INVALID_OPTION", `The data set ${name} needs to know where its files are.`, { hint });
  }
  const place = await placeAt(dir);
  if (place === undefined) {
    throw new DatadamError("DATASET_NOT_FOUND", `There is no file or folder "${dir}".`, { hint });
  }
  if (place.isFolder) {
    for (const inner of names) {
      const found = await placeAt(join(dir, inner));
      if (found !== undefined) return found;
    }
  }
  return place;
}
