/** What kind of failure a {@link DatadamError} is. Stable: safe to branch on. */
export type ErrorCode = "INVALID_OPTION" | "INVALID_DATA" | "DATASET_NOT_FOUND" | "RUN_NOT_FOUND" | "RUN_EXISTS" | "INVALID_RUN" | "IO" | "BACKEND_UNAVAILABLE" | "UNSUPPORTED_OPERATION" | "DIVERGED";
/**
 * An error a user can act on: `message` says what was wrong and where, `hint` what to do.
 * Programming errors (a shape that does not fit, a negative count) stay built-in `TypeError` and `RangeError`.
 */
export declare class DatadamError extends Error {
    readonly name: string;
    readonly code: ErrorCode;
    readonly hint: string | undefined;
    constructor(code: ErrorCode, message: string, options?: {
        hint?: string;
        cause?: unknown;
    });
}
//# sourceMappingURL=errors.d.ts.map