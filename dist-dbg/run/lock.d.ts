/** Releases the lock; calling it twice is harmless. */
export type Release = () => void;
/**
 * Takes the lock of a run directory.
 *
 * @throws DatadamError IO where a living process holds it, naming the process.
 */
export declare function acquireLock(folder: string): Release;
/** Takes the lock of a folder, or gives undefined where a living process holds it. */
export declare function tryLock(folder: string): Release | undefined;
//# sourceMappingURL=lock.d.ts.map