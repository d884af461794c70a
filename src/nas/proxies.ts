// Proxies: what a candidate is trained on instead of everything.
import { expandSet } from "../images/index.ts";
import type { PreparedSet, SyntheticSet } from "../images/types.ts";
import type { Key } from "../random/index.ts";
import type { Protocol } from "../train/types.ts";
import type { SearchProxy } from "./types.ts";

/** A small set (distilled, selected, random), as often as the protocol has epochs. */
export function setProxy(name: string, set: SyntheticSet, protocol: Protocol): SearchProxy {
  const whole = expandSet(set);
  const seenImages = whole.labels.length * protocol.epochs;
  return { name, storedImages: set.labels.length, seenImages, protocol, imagesAt: () => whole };
}

/**
 * Real images one after the other, in passes over all of `set` that are shuffled anew. An epoch of the protocol takes
 * the next `perEpoch` of them, so that the learning rate falls, and a loss is checked, as with a small set.
 *
 * Early stopping is this with as many images an epoch, and as many epochs, as the small set that it is compared with:
 * equally many steps of training. Training on everything is this with more epochs.
 *
 * @param key names the order.
 */
export function streamProxy(
  name: string,
  set: PreparedSet,
  perEpoch: number,
  protocol: Protocol,
  key: Key,
): SearchProxy {
  const seenImages = perEpoch * protocol.epochs;
  const imagesAt: SearchProxy["imagesAt"] = (epoch) => {
    const picks = new Uint32Array(perEpoch);
    let order: Uint32Array = picks;
    for (let i = 0; i < perEpoch; i++) {
      const [pass, place] = [Math.floor((epoch * perEpoch + i) / set.count), (epoch * perEpoch + i) % set.count];
      if (i === 0 || place === 0) order = key.fold("pass", pass).stream().permutation(set.count);
      picks[i] = order[place];
    }
    return { images: set.read(picks), labels: Uint16Array.from(picks, (pick) => set.labels[pick]), shape: set.shape };
  };
  return { name, storedImages: set.count, seenImages, protocol, imagesAt };
}
