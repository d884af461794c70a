// Which real images a draw takes, and how they are augmented: keyed by the network, the draw and the class, so that who
// has the key needs nothing else.

import { type Augmentation, type AugmentPolicy, drawAugmentation } from "../augment/index.ts";
import type { PreparedSet } from "../images/types.ts";
import type { Key } from "../random/index.ts";
import type { ResolvedCommon } from "./config/common.ts";

/** The place of a draw in a family: an iteration's fresh network is network `iteration`, its outer steps are draws. */
export interface Place {
  /** Of the network, from 1. */
  readonly number: number;
  /** Of the network's draws, from 0. */
  readonly draw: number;
}

function keyOf(key: Key, purpose: string, { number, draw }: Place, label: number): Key {
  const first = key.fold(purpose, number, label);
  return draw === 0 ? first : first.fold(draw);
}

/** The augmentation that real and synthetic images of a class share. */
export function sharedAugmentation(
  { key, policy, shape }: { readonly key: Key; readonly policy: AugmentPolicy; readonly shape: PreparedSet["shape"] },
  place: Place,
  label: number,
): Augmentation {
  const [, height, width] = shape;
  return drawAugmentation(keyOf(key, "augment", place, label).stream(), policy, { height, width });
}

/**
 * Positions of `count` images among the `members` of a class. `even`: the networks' draws of one number follow each
 * other through all images of the class in a random order, then in another one.
 */
export function pickImages(
  { key, config }: { readonly key: Key; readonly config: Pick<ResolvedCommon, "sampling"> },
  place: Place,
  label: number,
  members: number,
  count: number,
): Uint32Array {
  if (config.sampling === "independent") return keyOf(key, "real", place, label).stream().sample(members, count);
  const picks = new Uint32Array(count);
  const start = (place.number - 1) * count;
  let order: Uint32Array | undefined;
  for (let i = 0; i < count; i++) {
    const [round, at] = [Math.floor((start + i) / members), (start + i) % members];
    if (order === undefined || at === 0) {
      order = key.fold("order", label, place.draw, round).stream().permutation(members);
    }
    picks[i] = order[at];
  }
  return picks;
}

/** The network and the draw of an iteration: all networks in turn with their first draws, then with the next ones. */
export function placeOf(iteration: number, { networks, draws }: Pick<ResolvedCommon, "networks" | "draws">): Place {
  const done = iteration - 1;
  return { number: (done % networks) + 1, draw: Math.floor(done / networks) % draws };
}
