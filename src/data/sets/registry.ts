// The data sets that are known by name, a line each.

import { builtin } from "./builtin.ts";
import { cifar10 } from "./cifar10.ts";
import { cifar100 } from "./cifar100.ts";
import { imagenet, imagenetSubsets } from "./imagenet/imagenet1k.ts";
import { imagenette, imagewoof } from "./imagenet/imagenette.ts";
import { mnistSets } from "./mnistSets.ts";
import type { NamedSet, PublishedFile } from "./set.ts";
import { svhn } from "./svhn.ts";
import { tinyImagenet } from "./tinyImagenet.ts";

const SETS = [
  builtin,
  cifar10,
  cifar100,
  ...mnistSets,
  svhn,
  tinyImagenet,
  imagenette,
  imagewoof,
  imagenet,
  ...imagenetSubsets,
] as const;

/** The data sets that are known by name. All but `builtin` need `dir`. */
export type DatasetName = (typeof SETS)[number]["name"];

/** Every set by its name. */
export const NAMED = byName((set) => set);

/** The names that `loadDataset` knows, with what they stand for. */
export const datasets: Readonly<Record<string, string>> = byName(({ about }) => about);

/** The files that `download` can fetch, by data set. Other sets are fetched by hand: no checksum of theirs is on record. */
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
