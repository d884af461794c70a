// Tables: what they hold, what is recorded of them, and how they are printed.

export { render, shown, type TableFormat, type TableText, tablePlot, values } from "./report.ts";
export { type CellResult, type Comparison, collect, compare, identityOf } from "./results.ts";
export { parseTable, type TableJob, type TableRow } from "./schema.ts";
export { csvTable, markdownTable } from "./text.ts";
export type { Plan, Unit } from "./types.ts";
export { missing } from "./work.ts";
