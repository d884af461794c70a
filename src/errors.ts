// The one error class of the package, and the codes that a caller may branch on.

/** What kind of failure a {@link DatadamError} is. Stable: safe to branch on. */
export type ErrorCode =
  | "INVALID_OPTION" // an option, flag or configuration value is wrong
  | "INVALID_DATA" // a file or array that was given is malformed
  | "DATASET_NOT_FOUND" // nothing readable at the path, or an unknown data set name
  | "RUN_NOT_FOUND" // the directory holds no run
  | "RUN_EXISTS" // the directory already holds a run
  | "INVALID_RUN" // a run directory or checkpoint is damaged
  | "RUN_HELD" // a living process writes the directory
  | "CLAIM_LOST" // another process has taken over the directory that this one was writing
  | "PLAN_UNFINISHED" // jobs of a plan that are needed are not done, or have failed
  | "IO" // reading or writing failed (disk full, read-only, ...)
  | "BACKEND_UNAVAILABLE" // the device's back end cannot be used here
  | "UNSUPPORTED_OPERATION" // the back end lacks an operation of the program
  | "DIVERGED"; // numbers became infinite or NaN

/**
 * An error a user can act on: `message` says what was wrong and where, `hint` what to do. Programming errors (a shape
 * that does not fit, a negative count) stay built-in `TypeError` and `RangeError`.
 */
export class DatadamError extends Error {
  override readonly name: string = "DatadamError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
