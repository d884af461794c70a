/** What becomes of a file that cannot be decoded. */
export type Corrupt = "fail" | "skip";
/** An image that was left out, and why. */
export type Skipped = readonly [path: string, reason: string];
/** What `read` gives, or why it was skipped where that was asked for. Failures that are not the image's stay failures. */
export declare function readOrSkip<T>(path: string, corrupt: Corrupt, read: () => Promise<T>): Promise<T | Skipped>;
/** Tells of the first few. */
export declare function tellSkipped(root: string, skipped: readonly Skipped[], onWarning: (message: string) => void): void;
//# sourceMappingURL=corrupt.d.ts.map