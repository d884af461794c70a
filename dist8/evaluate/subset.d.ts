import { type PreparedSet, type SyntheticSet } from "../images/index.ts";
import { Key } from "../random/index.ts";
/**
 * `ipc` random real images of each class, as a set that `evaluate` takes.
 *
 * @throws DatadamError `INVALID_DATA` where a class has fewer.
 */
export declare function randomSubset(set: PreparedSet, ipc: number, seed: number): SyntheticSet;
/** `ipc` of a class's images, drawn from the class's own stream. */
export declare function randomMembers(members: Uint32Array, ipc: number, key: Key, label: number): number[];
/** The images at `indices`, as a set that `evaluate` takes. */
export declare function subset(set: PreparedSet, indices: readonly number[], provenance: Readonly<Record<string, unknown>>): SyntheticSet;
//# sourceMappingURL=subset.d.ts.map