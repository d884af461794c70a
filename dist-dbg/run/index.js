// Run directories: what a distillation leaves on disk, safe against kills, full disks and second writers.
export { openExperiment } from "./experiment.js";
export { ioError, listFolder, makeFolder, readIfThere, readJson, readText, writeAtomic } from "./files.js";
export { encodeGrid } from "./grid.js";
export { canonicalJson, checksum, configHash, decisive, fingerprint, setHash } from "./hash.js";
export { openJournal } from "./journal.js";
export { acquireLock, tryLock } from "./lock.js";
export { mergeRuns } from "./merge.js";
export { readMetrics } from "./metrics.js";
export { addResult, readResults } from "./results.js";
export { createRun, openRun, readRecord } from "./run.js";
export { encodeSyntheticSet, holdsSyntheticSet, PREPROCESSING_FILE, readSyntheticSet, SYNTHETIC_FILE, writeSyntheticSet, } from "./synthetic.js";
export { beginTraining, openTraining, PARAMETERS_FILE, readTrainingRecord, } from "./training.js";
//# sourceMappingURL=index.js.map