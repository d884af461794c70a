// What every command shares: its streams, its reporter, and the flags that steer them.
import { chooseMode, createReporter } from "./reporter.js";
const PROGRESS = ["auto", "tty", "plain", "json"];
export function createUi(flags) {
    const fromEnvironment = process.env.DATADAM_PROGRESS ?? "auto";
    const wanted = flags.progress ?? (PROGRESS.includes(fromEnvironment) ? fromEnvironment : "auto");
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
        result: (text, value) => void process.stdout.write(`${json ? JSON.stringify(value) : text}\n`),
    };
}
//# sourceMappingURL=ui.js.map