import { type Reporter, type ReporterMode } from "./reporter.ts";
/** Flags that every command takes. */
export interface CommonFlags {
    readonly progress?: "auto" | ReporterMode;
    readonly quiet?: boolean;
    readonly verbose?: boolean;
    readonly json?: boolean;
}
export interface Ui {
    readonly reporter: Reporter;
    readonly json: boolean;
    readonly verbose: boolean;
    /** A result, on stdout: the text, or `value` as one line of JSON under `--json`. */
    result(text: string, value: unknown): void;
}
export declare function createUi(flags: CommonFlags): Ui;
//# sourceMappingURL=ui.d.ts.map