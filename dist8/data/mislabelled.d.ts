import type { FileKind } from "./archiveFile.ts";
/** Formats of images that are read. */
export type ImageFormat = "PNG" | "JPEG" | "WebP";
/** Images that are named wrongly: how many, and the first few as a person reads them. */
export interface Mislabelled {
    readonly count: number;
    readonly some: readonly string[];
}
export declare const NONE_MISLABELLED: Mislabelled;
/** What is wrong with the name of an image, if anything. Names without an extension of an image say nothing. */
export declare function mislabelOf(path: string, format: ImageFormat): Mislabelled;
/** What each is, as a person says it. */
export declare const TITLES: {
    zip: string;
    gzip: string;
    tar: string;
    Parquet: string;
    image: string;
};
/** Tells where an archive is of another kind than its name says. */
export declare function tellMislabelledArchive(file: string, kind: FileKind, onWarning: (message: string) => void): void;
/** Both, in order. */
export declare function addMislabelled(a: Mislabelled, b: Mislabelled): Mislabelled;
/** Tells of the first few. */
export declare function tellMislabelled(root: string, { count, some }: Mislabelled, onWarning: (message: string) => void): void;
//# sourceMappingURL=mislabelled.d.ts.map