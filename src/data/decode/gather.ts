// What decoding the images of a data set gives, in memory or on the disk.

import type { ImageSet } from "../../images/types.ts";
import type { Part } from "../layout/layout.ts";
import type { Skipped } from "./corrupt.ts";
import type { Mislabelled } from "./mislabelled.ts";

/** What is known of a set but its images and their statistics. */
export type Facts = Omit<ImageSet, "count" | "labels" | "image" | "pixels" | "normalization">;

/** The images of a part. */
export interface GatheredPart {
  readonly labels: Uint16Array;
  /** Makes the set. A shape of one channel takes the first plane of each image. */
  open(facts: Facts): Omit<ImageSet, "normalization">;
}

export interface Gathered {
  readonly parts: readonly GatheredPart[];
  readonly skipped: readonly Skipped[];
  /** Whether every image is grey. */
  readonly grey: boolean;
  readonly mislabelled: Mislabelled;
}

/** A path with its class, class by class. */
export function labelled(part: Part): { readonly path: string; readonly label: number }[] {
  return part.flatMap((paths, label) => paths.map((path) => ({ path, label })));
}
