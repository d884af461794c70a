// Readable names of the classes of ImageNet that folders name by their synsets.

import type { Layout } from "./layout.ts";

/** A synset and its name. */
export type Synsets = Readonly<Record<string, string>>;

export const IMAGENETTE: Synsets = {
  n01440764: "tench",
  n02102040: "English springer",
  n02979186: "cassette player",
  n03000684: "chain saw",
  n03028079: "church",
  n03394916: "French horn",
  n03417042: "garbage truck",
  n03425413: "gas pump",
  n03445777: "golf ball",
  n03888257: "parachute",
};

export const IMAGEWOOF: Synsets = {
  n02086240: "Shih-Tzu",
  n02087394: "Rhodesian ridgeback",
  n02088364: "beagle",
  n02089973: "English foxhound",
  n02093754: "Border terrier",
  n02096294: "Australian terrier",
  n02099601: "golden retriever",
  n02105641: "Old English sheepdog",
  n02111889: "Samoyed",
  n02115641: "dingo",
};

const KNOWN: Synsets = { ...IMAGENETTE, ...IMAGEWOOF };

/** The layout with names instead of synsets, where every class is a synset that has a name here. */
export function nameSynsets(layout: Layout): Layout {
  if (!layout.classNames.every((name) => Object.hasOwn(KNOWN, name))) return layout;
  return { ...layout, classNames: layout.classNames.map((name) => KNOWN[name]) };
}
