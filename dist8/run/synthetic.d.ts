import type { Preprocessing, SyntheticSet } from "../images/types.ts";
export declare const SYNTHETIC_FILE: string;
export declare const PREPROCESSING_FILE: string;
/**
 * The set as safetensors: `images` F32 [n, c, h, w], `labels` I64 [n], where it has them `soft_labels` F32 [n, classes], metadata as strings. No time, version or path is in
 * it. ZCA matrices are not: the metadata name the file beside it (`preprocessing.safetensors`) that holds them.
 */
export declare function encodeSyntheticSet(set: SyntheticSet): Uint8Array;
/**
 * Writes `synthetic.safetensors` into a folder (made where it is missing), with its ZCA matrices beside it where it has
 * some that are not there yet.
 */
export declare function writeSyntheticSet(folder: string, set: SyntheticSet): void;
/** Writes normalisation and ZCA matrices as safetensors. */
export declare function writePreprocessing(path: string, preprocessing: Preprocessing): void;
/** Reads what {@link writePreprocessing} wrote, or undefined where there is no such file. */
export declare function readPreprocessing(path: string): Preprocessing | undefined;
/**
 * Reads a distilled set.
 *
 * @param source a run directory, or the safetensors file itself.
 * @throws DatadamError RUN_NOT_FOUND, INVALID_RUN
 */
export declare function readSyntheticSet(source: string): SyntheticSet;
/** Whether a file is one that {@link writeSyntheticSet} wrote. */
export declare function holdsSyntheticSet(path: string): boolean;
//# sourceMappingURL=synthetic.d.ts.map