import type { DecodedImage } from "./decode.ts";
import { type Gathered } from "./gather.ts";
import type { Part } from "./layout.ts";
import type { FolderOptions } from "./options.ts";
import { type Store } from "./store.ts";
/** Files that can be read again in any order. */
export interface StampedFiles {
    readonly root: string;
    readonly image: (path: string) => Promise<DecodedImage>;
    /** What changes with the contents of a file, such as its size and time. */
    readonly stamp: (path: string) => Promise<string>;
}
/**
 * Whether so many bytes are to be kept on the disk.
 * @param possible whether the files can be read again
 * @throws DatadamError INVALID_OPTION where the disk was asked for and is not possible
 */
export declare function wantsDisk(root: string, { store }: FolderOptions, bytes: number, possible: boolean): boolean;
/** Decodes the files of the parts where the cache does not have them. How they are split into parts does not matter to it. */
export declare function decodeToDisk(parts: readonly Part[], { root, image, stamp }: StampedFiles, channels: 1 | 3, options: FolderOptions): Promise<Gathered>;
/** The SHA-256 of facts, and of the files with what tells that they have changed. */
export declare function storeKey(facts: readonly unknown[], files: Iterable<readonly unknown[]>): string;
/** The parts of what a store holds, without the files that were skipped. */
export declare function partsOfStore(store: Store, parts: readonly Part[]): Gathered;
//# sourceMappingURL=disk.d.ts.map