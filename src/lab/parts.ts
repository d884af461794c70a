// Parts of jobs, for commands that are not jobs: loading, preparing, reading sets and networks.

export { type OpenTable, openTable, pendingUnits, planOf, RECORDS } from "./kinds/table.ts";
export { checkClasses, loadData, optionsOf, reloadData, requireTest, type Source } from "./load.ts";
export { mergeRuns } from "./merge.ts";
export { planNetworks, titleOf } from "./networks.ts";
export { readNetwork, type TrainedNetwork } from "./parameters.ts";
export { prepareSet } from "./prepare.ts";
export { checkRecord, readRunRecord } from "./record.ts";
export { addResult, EVALUATIONS, type ResultEntry, readResults } from "./results.ts";
export { readForeign, readInitial, type Space } from "./sets.ts";
export { runAt } from "./subject.ts";
