// The one error class of the package, and the codes that a caller may branch on.
/**
 * An error a user can act on: `message` says what was wrong and where, `hint` what to do.
 * Programming errors (a shape that does not fit, a negative count) stay built-in `TypeError` and `RangeError`.
 */
export class DatadamError extends Error {
    name = "DatadamError";
    code;
    hint;
    constructor(code, message, options = {}) {
        super(message, options.cause === undefined ? undefined : { cause: options.cause });
        this.code = code;
        this.hint = options.hint;
    }
}
//# sourceMappingURL=errors.js.map