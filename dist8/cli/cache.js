// Fitted whitening in the cache folder. Failing to use it is never an error.
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ioError, writeAtomic } from "../run/index.js";
export { cacheFolder } from "../data/index.js";
/** @param warn told, once, that the folder cannot be written. */
export function createCache(folder, warn) {
    let warned = false;
    return {
        async get(key) {
            try {
                return new Uint8Array(readFileSync(join(folder, key)));
            }
            catch {
                return undefined;
            }
        },
        async put(key, bytes) {
            try {
                mkdirSync(folder, { recursive: true });
                writeAtomic(join(folder, key), bytes);
            }
            catch (error) {
                if (!warned)
                    warn(`the cache is not used: ${ioError(error, `cannot create ${folder}`).message}`);
                warned = true;
            }
        },
    };
}
//# sourceMappingURL=cache.js.map