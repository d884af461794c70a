// `datadam table FILE`: runs what is missing of a table of methods and columns, and prints it.

import { choice, command, executionOptions, flag, planOption, unless, value } from "../command.ts";
import { names } from "../parse.ts";

export const tableCommand = command({
  name: "table",
  summary: "run what is missing of a table of methods and settings, and print it; the same command resumes it",
  argument: ["<file>", "JSON file of rows, columns, seeds and networks (docs/guide/comparing-methods.md)"],
  options: {
    ...executionOptions,
    dataDir: value("<dir>", "where the named data sets are (default: where `datadam data add` said)"),
    format: choice("<name>", "of the table (default: markdown)", ["markdown", "csv", "json"]),
    only: value("<row>", "this row only; repeatable", names),
    column: value("<name>", "this column only; repeatable", names),
    compare: value("<a,b>", "the difference of two rows, paired over seeds and networks; repeatable", names),
    plot: value("<file.svg>", "draw the table too"),
    records: value("<dir>", "folder of the records (default: FILE without .json, and .records)"),
    work: value("<dir>", "folder of the sets and of what is half done (default: runs/table-NAME)"),
    dryRun: flag("print what would be run, and run nothing"),
    run: unless("print what is recorded, and run nothing"),
    plan: planOption,
  },
  async run(flags, ui, [file]) {
    const { dataDir, workers, device, format, only, column, compare, plot, records, work, dryRun, run, plan } = flags;
    const { runTable } = await import("../jobs/tables.ts");
    const places = { dataDir, workers, device, records, work };
    await runTable(file!, { ...places, format, only, column, compare, plot, dryRun, run, plan }, ui);
  },
});
