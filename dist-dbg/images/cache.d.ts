import type { ImageSet, Zca } from "./types.ts";
/** Where to keep bytes under a key of `[a-z0-9-]`. Both may fail: what fails is computed again, or not kept. */
export interface PrepareCache {
    get(key: string): Promise<Uint8Array | undefined>;
    put(key: string, bytes: Uint8Array): Promise<void>;
}
/** The whitening kept for this set and eps, else what `compute` gives, which is then kept. Damaged entries are ignored. */
export declare function cachedZca(cache: PrepareCache | undefined, set: ImageSet, eps: number, compute: () => Promise<Zca>): Promise<Zca>;
//# sourceMappingURL=cache.d.ts.map