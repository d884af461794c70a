import { type NpyArray } from "../formats/index.ts";
export interface ForeignArrays {
    readonly images: NpyArray;
    /** Undefined where the file has none. */
    readonly labels: NpyArray | undefined;
    /** What was assumed, for the user to know. */
    readonly notes: readonly string[];
}
/** Whether a path names arrays rather than image files. */
export declare function isArrayFile(path: string): boolean;
/** The file of images in a folder of MTT's, if it is one. */
export declare function separateImages(folder: string): string | undefined;
/** @throws DatadamError INVALID_DATA, IO, naming the file */
export declare function readForeignArrays(path: string): ForeignArrays;
//# sourceMappingURL=foreignArrays.d.ts.map