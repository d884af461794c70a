import type { DatasetName } from "./named.ts";
/** A file as its publishers offer it. */
export interface PublishedFile {
    readonly url: string;
    readonly bytes: number;
    /** Hexadecimal, as published. */
    readonly md5: string;
}
/** What `datadam data add NAME --download` fetches. Other sets are fetched by hand: no checksum of theirs is on record here. */
export declare const downloads: Readonly<Partial<Record<DatasetName, readonly PublishedFile[]>>>;
export interface DownloadOptions {
    readonly signal?: AbortSignal;
    /** Bytes of this file that are here. */
    readonly onProgress?: (done: number, total: number) => void;
}
/**
 * Fetches a file into `folder`, unless it is there whole. What arrives is kept as `<name>.partial` and gone on with the next time;
 * it gets its name when size and MD5 agree.
 *
 * @returns the path of the file.
 * @throws DatadamError IO where the server cannot be reached or refuses; INVALID_DATA where what came is another file.
 */
export declare function download({ url, bytes, md5 }: PublishedFile, folder: string, { signal, onProgress }?: DownloadOptions): Promise<string>;
//# sourceMappingURL=download.d.ts.map