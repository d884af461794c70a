// Coresets: real images chosen to stand for a whole set.
export { SELECT_METHODS, select, selectIndices } from "./select.js";
//# sourceMappingURL=index.js.map