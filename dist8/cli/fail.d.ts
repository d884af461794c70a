/** Thrown after a signal was obeyed: everything is saved and said. */
export declare class Interrupted extends Error {
    readonly exitCode: number;
    constructor(signal: NodeJS.Signals);
}
/**
 * Writes `error: ...` and `hint: ...`, with the stack where `verbose`.
 *
 * @returns the exit code: 2 for wrong options, 1 for other failures, 130 or 75 after a signal.
 */
export declare function reportFailure(error: unknown, { verbose, write }: {
    verbose: boolean;
    write: (text: string) => void;
}): number;
//# sourceMappingURL=fail.d.ts.map