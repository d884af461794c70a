// Failures as a person should read them: what was wrong, what helps, and the exit code.
import { DatadamError } from "../errors.js";
import { EXIT } from "./parse.js";
/** Thrown after a signal was obeyed: everything is saved and said. */
export class Interrupted extends Error {
    exitCode;
    constructor(signal) {
        super(`stopped by ${signal}`);
        this.exitCode = signal === "SIGTERM" ? EXIT.tryAgain : EXIT.interrupted;
    }
}
/**
 * Writes `error: ...` and `hint: ...`, with the stack where `verbose`.
 *
 * @returns the exit code: 2 for wrong options, 1 for other failures, 130 or 75 after a signal.
 */
export function reportFailure(error, { verbose, write }) {
    if (error instanceof Interrupted)
        return error.exitCode;
    const known = error instanceof DatadamError;
    const message = error instanceof Error ? error.message || error.name : String(error);
    write(`error: ${message}\n`);
    if (known && error.hint !== undefined)
        write(`hint: ${error.hint}\n`);
    if (verbose)
        write(`${stackOf(error)}\n`);
    else if (!known)
        write("hint: run again with --verbose to see where it happened\n");
    return known && error.code === "INVALID_OPTION" ? EXIT.usage : EXIT.failure;
}
function stackOf(error) {
    if (!(error instanceof Error))
        return String(error);
    const cause = error.cause === undefined ? "" : `\ncaused by: ${stackOf(error.cause)}`;
    return `${error.stack ?? error.message}${cause}`;
}
//# sourceMappingURL=fail.js.map