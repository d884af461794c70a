// The data sets that are known by name: the types, texts and files that follow from their list.

import * as list from "./index.ts";
import type { NamedSet, PublishedFile } from "./set.ts";

type Listed = (typeof list)[keyof typeof list];
type Set = Listed extends infer One ? (One extends readonly (infer Each)[] ? Each : One) : never;

/** The data sets that are known by name. All but `builtin` need `dir`. */
export type DatasetName = Set extends NamedSet<infer Name> ? Name : never;

const SETS: readonly NamedSet<DatasetName>[] = Object.values<Listed>(list).flat();

/** Every set by its name. */
export const NAMED = byName((set) => set);

/** The names that `loadDataset` knows, with what they stand for. */
export const datasets: Readonly<Record<string, string>> = byName(({ about }) => about);

/**
 * The files that `download` can fetch, by data set. Other sets are fetched by hand: no checksum of theirs is on record.
 */
export const downloads: Readonly<Partial<Record<DatasetName, readonly PublishedFile[]>>> = Object.fromEntries(
  SETS.flatMap(({ name, downloads }: NamedSet) => (downloads === undefined ? [] : [[name, downloads]])),
);

/** Whether `text` is the name of a known data set. */
export function isName(text: string): text is DatasetName {
  return Object.hasOwn(NAMED, text);
}

function byName<T>(of: (set: NamedSet<DatasetName>) => T): Readonly<Record<DatasetName, T>> {
  return Object.fromEntries(SETS.map((set) => [set.name, of(set)])) as Record<DatasetName, T>;
}
