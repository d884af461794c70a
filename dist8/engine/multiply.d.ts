import type { Multiplier } from "./types.ts";
/**
 * Starts workers that multiply matrices. Each product runs whole on one thread, so results are the same for any number
 * of workers; callers split large products into rows to use several. Operands over shared memory are not copied on
 * the calling thread.
 *
 * @param options.workers Threads. Default: one per core, at most 8.
 */
export declare function createMultiplier(options?: {
    workers?: number;
}): Promise<Multiplier>;
//# sourceMappingURL=multiply.d.ts.map