// Rows of chosen real images.

import { randomSubset } from "../../evaluate/index.ts";
import type { PreparedSet, SyntheticSet } from "../../images/types.ts";

export const SELECTIONS = ["random"] as const;

export type Selection = (typeof SELECTIONS)[number];

/** Chooses `ipc` images of each class. */
export function choose(method: Selection, set: PreparedSet, ipc: number, seed: number): SyntheticSet {
  switch (method) {
    case "random":
      return randomSubset(set, ipc, seed);
  }
}
