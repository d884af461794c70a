import type { SyntheticSet } from "../images/types.ts";
/** The set un-whitened and de-normalised, as PNG. One row a class, in class order. */
export declare function encodeGrid(set: SyntheticSet): Uint8Array;
//# sourceMappingURL=grid.d.ts.map