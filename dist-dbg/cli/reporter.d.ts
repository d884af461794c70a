/** One step of a stage of work. */
export interface Progress {
    /** e.g. `distilling`. */
    readonly stage: string;
    readonly done: number;
    readonly total: number;
    /** Short and human: `loss 12.3`. */
    readonly detail?: string;
    /** For the JSON lines. */
    readonly data?: Readonly<Record<string, unknown>>;
}
export interface Reporter {
    progress(step: Progress): void;
    /** A line of information. */
    note(message: string): void;
    /** A line that quiet mode shows too. */
    warn(message: string): void;
    /** Ends a redrawn line. */
    end(): void;
}
export type ReporterMode = "tty" | "plain" | "json";
export interface ReporterOptions {
    readonly mode: ReporterMode;
    readonly quiet?: boolean;
    readonly write: (text: string) => void;
    /** Milliseconds, monotonic. */
    readonly now?: () => number;
    /** Width of the terminal. Default 80. */
    readonly columns?: () => number | undefined;
}
/** Chooses the mode: `auto` redraws only on a terminal that is not a CI log. */
export declare function chooseMode(wanted: "auto" | ReporterMode, stream: {
    readonly isTTY?: boolean;
}, environment: Readonly<Record<string, string | undefined>>): ReporterMode;
export declare function createReporter({ mode, quiet, write, now, columns, }: ReporterOptions): Reporter;
/** `1 h 02 min`, `3 min 05 s`, `12 s`. */
export declare function duration(seconds: number): string;
//# sourceMappingURL=reporter.d.ts.map