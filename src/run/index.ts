// Run directories: what a distillation leaves on disk, safe against kills, full disks and second writers.

export { canonicalJson } from "./canonical.ts";
export { encodeSyntheticSet, PREPROCESSING_FILE, SYNTHETIC_FILE } from "./codec.ts";
export { ioError, listFolder, makeFolder, readError, readIfThere, readJson, readText, writeAtomic } from "./files.ts";
export { encodeGrid } from "./grid.ts";
export { checksum, fingerprint } from "./hash.ts";
export { PARAMETERS_FILE, PARAMETERS_FORMAT } from "./parameters.ts";
export { holdsSyntheticSet, readSyntheticSet, writeSyntheticSet } from "./synthetic.ts";
export type { RunDataset, RunInitial, RunRecord, RunSelection, SourceOptions } from "./types.ts";
