// Coresets: real images chosen to stand for a whole set.

export { DISTANCE_METHODS, FORGETTING_EPOCHS, isDistanceMethod, SELECT_METHODS } from "./names.ts";
export { select, selectIndices } from "./select.ts";
export type { SelectMethod, SelectOptions, SelectProgress } from "./types.ts";
