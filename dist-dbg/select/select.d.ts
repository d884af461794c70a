import { type ImageSet, type PreparedSet } from "../images/index.ts";
import type { SyntheticSet } from "../images/types.ts";
import { Key } from "../random/index.ts";
import type { SelectMethod, SelectOptions } from "./types.ts";
export declare const SELECT_METHODS: readonly SelectMethod[];
/**
 * Chooses `ipc` real images of each class, as a set that `evaluate` takes. Deterministic: by the seed, with any number of
 * workers, all classes at once or in shards.
 *
 * @param set prepared, or as bytes (then it is normalised, without whitening).
 * @throws DatadamError `INVALID_OPTION` for an unknown method or a number out of range, `INVALID_DATA` where a class has
 * fewer than `ipc` images; RangeError where parameters do not fit the network.
 */
export declare function select(set: ImageSet | PreparedSet, options: SelectOptions): Promise<SyntheticSet>;
/** The images that {@link select} chooses: indices into the set, an array a class, in the order of the classes. */
export declare function selectIndices(set: PreparedSet, options: SelectOptions, key: Key): Promise<number[][]>;
//# sourceMappingURL=select.d.ts.map