// Data sets that are known by name: where they lie, added, fetched.

import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { type DatasetName, datasets, download, downloads, loadDataset, type PublishedFile } from "../../data/index.ts";
import { nearest } from "../../distill/config/index.ts";
import { DatadamError } from "../../errors.ts";
import type { Listeners } from "../types.ts";
import { placeOf, readPlaces, rememberPlace } from "./places.ts";

/** The set that needs no place. */
const BUILTIN = "builtin";

export interface NamedSet {
  readonly name: string;
  readonly about: string;
  /** Absolute; undefined where it was not added. */
  readonly place: string | undefined;
  /** Whether its images are there. */
  readonly here: boolean;
}

/** All data sets that are known by name. @throws DatadamError INVALID_DATA where the file of places is damaged */
export function namedSets(): NamedSet[] {
  const places = readPlaces();
  return Object.entries(datasets).map(([name, about]) => {
    if (name === BUILTIN) return { name, about, place: "with the package", here: true };
    const place = placeOf(places, name);
    return { name, about, place, here: existsSync(place ?? "") };
  });
}

/** @throws DatadamError INVALID_OPTION for a name that is not that of a set with a place */
export function requireNamed(name: string): asserts name is DatasetName {
  if (Object.hasOwn(datasets, name) && name !== BUILTIN) return;
  const near = nearest(name, Object.keys(datasets));
  const meant = near === undefined ? "" : `; did you mean ${near}?`;
  const names = Object.keys(datasets).filter((known) => known !== BUILTIN);
  throw new DatadamError("INVALID_OPTION", `"${name}" is not the name of a data set that can be added${meant}`, {
    hint: `Names: ${names.join(", ")}. Other images need no name: give their path as \`dataset\`.`,
  });
}

/** Where sets are put that are fetched: `DATADAM_DATA`, else `datadam` under `XDG_DATA_HOME` or `~/.local/share`. */
export function dataFolder(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  if (environment.DATADAM_DATA) return environment.DATADAM_DATA;
  return join(environment.XDG_DATA_HOME || join(homedir(), ".local", "share"), "datadam");
}

/** The published files of a set. @throws DatadamError INVALID_OPTION where no checksum of it is on record */
export function filesOf(name: string): readonly PublishedFile[] {
  requireNamed(name);
  const files = downloads[name];
  if (files !== undefined) return files;
  throw new DatadamError("INVALID_OPTION", `${name} cannot be fetched from here: no checksum of it is on record`, {
    hint: `${datasets[name]}. Fetch it there, then add it by its path.`,
  });
}

/**
 * Fetches the published files of a set into a folder, and checks them; what is there already is kept.
 *
 * @throws DatadamError INVALID_OPTION, IO, INVALID_DATA
 */
export async function fetchSet(
  name: string,
  folder: string,
  onProgress: (file: string, done: number, total: number) => void = () => {},
): Promise<void> {
  for (const file of filesOf(name)) {
    const title = basename(file.url);
    await download(file, folder, { onProgress: (done, total) => onProgress(title, done, total) });
  }
}

/** A set that was added. */
export interface AddedSet {
  readonly name: string;
  readonly path: string;
  /** Images of its parts. */
  readonly train: number;
  readonly test: number;
  readonly classes: number;
}

/** Reads a named set at a place, and remembers the place. @throws DatadamError INVALID_OPTION, INVALID_DATA */
export async function addSet(name: string, path: string, listeners: Partial<Listeners> = {}): Promise<AddedSet> {
  requireNamed(name);
  const { train, test } = await loadDataset(name, { dir: path, ...listeners });
  await rememberPlace(name, path);
  return { name, path, train: train.count, test: test?.count ?? 0, classes: train.classNames.length };
}
