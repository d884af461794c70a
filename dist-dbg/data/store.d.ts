import type { Skipped } from "./corrupt.ts";
import type { Mislabelled } from "./mislabelled.ts";
/** Changes with the layout of the file and with anything that changes decoded bytes, such as resizing. */
export declare const STORE_VERSION = 2;
/** What the file says of its images. */
export interface StoreIndex {
    /** Of everything that decides the bytes. */
    readonly key: string;
    /** Bytes of an image. */
    readonly stride: number;
    /** One an image, in the order of the file. */
    readonly paths: readonly string[];
    /** Files that could not be decoded. */
    readonly skipped: readonly Skipped[];
    /** Whether every image is grey. */
    readonly grey: boolean;
    readonly mislabelled: Mislabelled;
}
/** An open file of images. */
export interface Store extends StoreIndex {
    /** Reads the first bytes of an image, as many as `out` has, with one positional read. */
    read(slot: number, out: Uint8Array): void;
}
/** What follows the pixels. */
export declare function encodeIndex(index: StoreIndex): Buffer;
/** Opens a file of the cache. Undefined where there is none, or where it is damaged, cut off or another's: it is to be made anew. */
export declare function openStoreFile(path: string, { key, stride }: Pick<StoreIndex, "key" | "stride">): Store | undefined;
//# sourceMappingURL=store.d.ts.map