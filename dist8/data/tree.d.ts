/** Paths are relative to the root, with `/`. */
export interface FileTree {
    /** The root as the user knows it. */
    readonly root: string;
    readonly files: readonly string[];
    /** Folders, empty ones too. */
    readonly folders: readonly string[];
    /** How messages name a file. */
    where(path: string): string;
    /** @throws DatadamError INVALID_DATA with {@link where} */
    read(path: string): Promise<Uint8Array>;
    /** What changes with the contents of a file. @throws DatadamError INVALID_DATA with {@link where} */
    stamp(path: string): Promise<string>;
    /** Nothing can be read after. */
    close(): Promise<void>;
}
/** The folder `root`. Symbolic links are followed; hidden folders are listed but not entered. @throws DatadamError IO */
export declare function diskTree(root: string): Promise<FileTree>;
/** Size and time of the last change of a file. @throws DatadamError INVALID_DATA with the path */
export declare function fileStamp(path: string): Promise<string>;
//# sourceMappingURL=tree.d.ts.map