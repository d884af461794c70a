// Parts of jobs, for commands that are not jobs: loading, preparing, reading sets and networks.

export { checkRecord, readRunRecord } from "./folder/record.ts";
export { addResult, EVALUATIONS, type ResultEntry, readResults } from "./folder/results.ts";
export { checkClasses, loadData, optionsOf, reloadData, requireTest, type Source } from "./inputs/load.ts";
export { planNetworks, titleOf } from "./inputs/networks.ts";
export { readNetwork, type TrainedNetwork } from "./inputs/parameters.ts";
export { prepareSet } from "./inputs/prepare.ts";
export { readForeign, readInitial, type Space } from "./inputs/sets.ts";
export { runAt } from "./inputs/subject.ts";
export { type OpenTable, openTable, pendingUnits, planOf, RECORDS } from "./kinds/table.ts";
export { mergeRuns } from "./merge.ts";
