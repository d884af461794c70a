/** A folder or file that is there. */
export interface Place {
    readonly path: string;
    readonly isFolder: boolean;
}
/** What is at a path; links are followed. Pipes and devices are neither file nor folder. */
export declare function placeAt(path: string): Promise<Place | undefined>;
/**
 * The place of a named set: `dir` itself, or the first of `names` that the folder `dir` holds.
 * @param hint says where the set comes from
 * @throws DatadamError INVALID_OPTION without `dir`, DATASET_NOT_FOUND where there is nothing at `dir`
 */
export declare function locate(name: string, dir: string | undefined, names: readonly string[], hint: string): Promise<Place>;
//# sourceMappingURL=locate.d.ts.map