/** Results by key. Keys and values are JSON. */
export interface Journal {
    /** The result under a key, or undefined where there is none yet. */
    get(key: string): unknown;
    /** Appends a result and flushes it to the disk. @throws RangeError where the key has one already */
    add(key: string, value: unknown): void;
    close(): void;
}
/** Opens a journal, which is made where it is missing. A last line that a kill cut off is removed, and so are damaged ones. */
export declare function openJournal(path: string): Journal;
//# sourceMappingURL=journal.d.ts.map