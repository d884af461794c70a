// What every command shares: its streams, its reporter, and the flags that steer them.

import { chooseMode, createReporter, type Reporter, type ReporterMode } from "./reporter.ts";
import { plain, json as toJson } from "./text/text.ts";

/** Flags that every command takes. */
export interface CommonFlags {
  readonly progress?: "auto" | ReporterMode | undefined;
  readonly quiet?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  readonly json?: boolean | undefined;
}

export interface Ui {
  readonly reporter: Reporter;
  readonly json: boolean;
  readonly verbose: boolean;
  /** A result, on stdout: the text, or `value` as one line of JSON under `--json`. */
  result(text: string, value: unknown): void;
}

const PROGRESS = ["auto", "tty", "plain", "json"];

export function createUi(flags: CommonFlags): Ui {
  const fromEnvironment = process.env.DATADAM_PROGRESS ?? "auto";
  const wanted =
    flags.progress ?? (PROGRESS.includes(fromEnvironment) ? (fromEnvironment as "auto" | ReporterMode) : "auto");
  const reporter = createReporter({
    mode: chooseMode(wanted, process.stderr, process.env),
    quiet: flags.quiet ?? false,
    write: (text) => void process.stderr.write(text),
    columns: () => process.stderr.columns,
  });
  const json = flags.json ?? false;
  return {
    reporter,
    json,
    verbose: flags.verbose ?? false,
    result: (text, value) => void process.stdout.write(`${json ? toJson(value) : plain(text)}\n`),
  };
}
