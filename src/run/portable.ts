// What a run leaves, as bytes and JSON: the portable half of this folder.

export { canonicalJson } from "./canonical.ts";
export {
  decodePreprocessing,
  encodePreprocessing,
  encodeSyntheticSet,
  isSyntheticSet,
  openSyntheticSet,
  PREPROCESSING_FILE,
  SYNTHETIC_FILE,
} from "./codec.ts";
export { encodeGrid, pixelsOf, type StartImages } from "./grid.ts";
export { PARAMETERS_FILE, PARAMETERS_FORMAT } from "./parameters.ts";
export { recordProblem } from "./record.ts";
export type { RunBank, RunDataset, RunInitial, RunRecord, RunSelection } from "./types.ts";
