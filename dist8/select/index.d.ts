export { SELECT_METHODS, select, selectIndices } from "./select.ts";
export type { SelectMethod, SelectOptions, SelectProgress } from "./types.ts";
//# sourceMappingURL=index.d.ts.map