/** The images of one part, one sorted list of paths a class, in the order of {@link Layout.classNames}. */
export type Part = readonly (readonly string[])[];
/** What {@link findClasses} made of a tree. */
export interface Layout {
    readonly classNames: readonly string[];
    readonly train: Part;
    /** Absent where the tree has no test part. Classes without a test image have an empty list. */
    readonly test: Part | undefined;
    /** Files that are in no class or no images. */
    readonly ignored: readonly string[];
}
/** What a data set is where nothing else is known. */
export declare const LAYOUT_HINT = "A data set is a folder with one folder of images per class, such as flowers/rose/1.jpg and flowers/tulip/1.jpg, or an archive of it.";
/** What a test part may be called, the first that is there is taken. */
export declare const TEST_NAMES: readonly string[];
/** Whether a path is that of an image by its name: hidden files and what macOS adds to archives are not. */
export declare function isImagePath(path: string): boolean;
/**
 * Sorts the files of a tree into parts and classes. Folders around everything (`flowers/...` in an archive) are passed through.
 * @param root names the tree in messages
 * @param files paths of all files, relative to the root, with `/`
 * @param folders paths of all folders, likewise (an empty one is an error to be told)
 * @throws DatadamError DATASET_NOT_FOUND where there is no image, INVALID_DATA where the classes are not as they must be
 */
export declare function findClasses(root: string, files: readonly string[], folders: readonly string[]): Layout;
/** @throws DatadamError INVALID_DATA where there is one class, or more than labels can tell */
export declare function checkClassCount(where: string, names: readonly string[]): void;
//# sourceMappingURL=layout.d.ts.map