import type { PreparedSet } from "../images/types.ts";
import type { Key } from "../random/index.ts";
/**
 * Classes in random order, cut into steps of equal size (the first ones one larger where it does not come out even).
 *
 * @throws DatadamError `INVALID_OPTION` where there are fewer classes than steps.
 */
export declare function classSteps(classes: number, steps: number, key: Key): number[][];
/**
 * A stream without steps: class follows class in random order, each class's images shuffled, but borders blur: every image moves by a
 * normal distance of `blur` times the mean length of a class.
 *
 * @returns indices of images in the order of their coming.
 */
export declare function blurredStream(set: Pick<PreparedSet, "labels" | "classNames">, blur: number, key: Key): Uint32Array;
//# sourceMappingURL=orders.d.ts.map