import type { Protocol } from "../evaluate/types.ts";
import type { PreparedSet, SyntheticSet } from "../images/types.ts";
import type { Key } from "../random/index.ts";
import type { SearchProxy } from "./types.ts";
/** A small set (distilled, selected, random), as often as the protocol has epochs. */
export declare function setProxy(name: string, set: SyntheticSet, protocol: Protocol): SearchProxy;
/**
 * Real images one after the other, in passes over all of `set` that are shuffled anew. An epoch of the protocol takes the next
 * `perEpoch` of them, so that the learning rate falls, and a loss is checked, as with a small set.
 *
 * Early stopping is this with as many images an epoch, and as many epochs, as the small set that it is compared with: equally
 * many steps of training. Training on everything is this with more epochs.
 *
 * @param key names the order.
 */
export declare function streamProxy(name: string, set: PreparedSet, perEpoch: number, protocol: Protocol, key: Key): SearchProxy;
//# sourceMappingURL=proxies.d.ts.map