import type { ImageSet, PreparedSet } from "./types.ts";
/** The images at `indices`, in that order; all classes stay. @throws RangeError where there is no such image */
export declare function takeImages<T extends ImageSet | PreparedSet>(set: T, indices: ArrayLike<number>): T;
/**
 * The images of some classes, which are numbered anew from 0 in the order given; images stay in the set's order.
 *
 * @throws DatadamError `INVALID_OPTION` for a class that the set lacks, or one named twice.
 */
export declare function takeClasses<T extends ImageSet | PreparedSet>(set: T, classes: readonly number[]): T;
//# sourceMappingURL=take.d.ts.map