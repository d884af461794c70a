// Run directories: what a distillation leaves on disk, safe against kills, full disks and second writers.

export {
  errno,
  ioError,
  makeFolder,
  readError,
  writeAtomic,
} from "../storage/node/index.ts";
export { canonicalJson } from "./canonical.ts";
export { SYNTHETIC_FILE } from "./codec.ts";
export { checksum, fingerprint, fingerprintInTurns } from "./hash.ts";
export { holdsSyntheticSet, readSyntheticSet, writeSyntheticSet } from "./synthetic.ts";
export type { RunDataset, RunInitial, RunRecord, RunSelection, SourceOptions } from "./types.ts";
