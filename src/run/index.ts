// Run directories: what a distillation leaves on disk, safe against kills, full disks and second writers.

export { canonicalJson } from "./canonical.ts";
export { encodeSyntheticSet, PREPROCESSING_FILE, SYNTHETIC_FILE } from "./codec.ts";
export { ioError, listFolder, makeFolder, readError, readIfThere, readJson, readText, writeAtomic } from "./files.ts";
export { encodeGrid } from "./grid.ts";
export { checksum, configHash, decisive, fingerprint, setHash, spaceParts } from "./hash.ts";
export { acquireLock, type Release, tryLock } from "./lock.ts";
export { type MetricsFile, readMetrics } from "./metrics.ts";
export { PARAMETERS_FILE, PARAMETERS_FORMAT } from "./parameters.ts";
export { addResult, type ResultEntry, readResults } from "./results.ts";
export { type Claim, createRun, openRun, type Run, readRecord } from "./run.ts";
export { holdsSyntheticSet, readSyntheticSet, writeSyntheticSet } from "./synthetic.ts";
export type { MetricsRow, RunDataset, RunInitial, RunRecord, RunSelection, SourceOptions } from "./types.ts";
