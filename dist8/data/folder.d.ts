import type { Dataset } from "../images/types.ts";
import { type Sources } from "./assemble.ts";
import { type Layout } from "./layout.ts";
import type { Place } from "./locate.ts";
import type { FolderOptions } from "./options.ts";
import { type FileTree } from "./tree.ts";
/** The files of a folder or of a zip archive. @throws DatadamError as {@link diskTree} and {@link zipTree} */
export declare function openTree({ path, isFolder }: Place, { maxArchiveBytes }: FolderOptions): Promise<FileTree>;
/** The images of a tree. */
export declare function imagesOf(tree: FileTree, size: number): Pick<Sources, "image" | "stamp">;
/** What is known of a certain set. */
interface Knowledge extends Pick<Sources, "normalization"> {
    /** Checks the layout and names its classes. Default {@link nameSynsets}. */
    readonly arrange?: (layout: Layout) => Layout;
}
/**
 * Loads class folders of a folder, or of an archive (zip or tar) without unpacking it to the disk. Where nothing is known of the set,
 * it may also be a WebDataset: a tar with labels beside its images, or a folder of such; or a folder of Parquet files. See `loadDataset`.
 */
export declare function loadFolder(name: string, place: Place, options: FolderOptions, knowledge?: Knowledge): Promise<Dataset>;
export {};
//# sourceMappingURL=folder.d.ts.map