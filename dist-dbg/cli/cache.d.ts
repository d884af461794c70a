import type { PrepareCache } from "../images/index.ts";
export { cacheFolder } from "../data/index.ts";
/** @param warn told, once, that the folder cannot be written. */
export declare function createCache(folder: string, warn: (message: string) => void): PrepareCache;
//# sourceMappingURL=cache.d.ts.map