// Parts of jobs, for commands that are not jobs.

export { readRunRecord } from "./folder/record.ts";
export { EVALUATIONS } from "./folder/results.ts";
export { loadData, reloadData } from "./inputs/load.ts";
export { titleOf } from "./inputs/networks.ts";
export type { Space } from "./inputs/sets.ts";
export { runAt } from "./inputs/subject.ts";
export { type OpenTable, openTable, pendingUnits, planOf, RECORDS } from "./kinds/table.ts";
export { mergeRuns } from "./merge.ts";
