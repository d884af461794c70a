import type { Dataset } from "../images/types.ts";
import type { FolderOptions } from "./options.ts";
import { type TarContents } from "./tar.ts";
import type { FileTree } from "./tree.ts";
/** The tar archives of a folder that holds no images. Empty where it is no folder of shards. */
export declare function shardsOf(tree: FileTree): string[];
/** Loads the shards of a folder. A word test, val, valid or validation in a shard's path makes it one of the test part. */
export declare function loadShards(name: string, tree: FileTree, shards: readonly string[], options: FolderOptions): Promise<Dataset>;
/** Loads a single shard that has been read. */
export declare function loadShard(name: string, tar: TarContents, options: FolderOptions): Promise<Dataset>;
/** Whether some image of the archive has a label beside it. */
export declare function isWebDataset(tar: TarContents): boolean;
//# sourceMappingURL=webdataset.d.ts.map