import type { PreparedSet } from "./types.ts";
/**
 * Indices of the images of each class, ascending: element `c` for class `c`.
 *
 * @throws RangeError for a label that is not below `classes`.
 */
export declare function classIndices(labels: ArrayLike<number>, classes: number): Uint32Array[];
/**
 * {@link classIndices} of a set from each of whose `classes` (default: all) `ipc` images are to be taken.
 *
 * @throws DatadamError `INVALID_DATA` where one of them has fewer.
 */
export declare function requireMembers({ name, labels, classNames }: Pick<PreparedSet, "name" | "labels" | "classNames">, ipc: number, classes?: Iterable<number>): Uint32Array[];
//# sourceMappingURL=classes.d.ts.map