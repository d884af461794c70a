import type { ImageSet, Normalization } from "../images/types.ts";
import { type Published, type PublishedFile } from "./published.ts";
/** Where both come from. */
export declare const CIFAR_URL: string;
/** The images of one file. */
export interface Batch {
    readonly labels: Uint16Array;
    /** uint8 [n, 3, 32, 32] */
    readonly pixels: Uint8Array;
}
/** How a file names the classes of its images. */
export interface Labels {
    /** Label bytes before each image, and which of them counts. */
    readonly bytes: number;
    readonly byte: number;
    /** The key of the pickled list. */
    readonly key: string;
    /** Number of classes. */
    readonly classes: number;
}
/**
 * Reads records of the binary version.
 * @param records how many there must be; by default as many as the file holds
 * @throws DatadamError INVALID_DATA that names the file, and the byte of a wrong label
 */
export declare function readRecords(set: Published, { path, bytes }: PublishedFile, labels: Labels, records?: number): Batch;
/** Reads a batch of the Python version: a pickled dict with `data`, uint8 [n, 3072], and a list of labels. */
export declare function readPickledBatch(set: Published, file: PublishedFile, { key, classes }: Labels): Batch;
/** Whether the files found are of the Python version alone. */
export declare function isPython(batches: ReadonlyMap<string, Batch>): boolean;
/** Class names, a line each. @throws DatadamError INVALID_DATA where they are not `count` */
export declare function readNames(set: Published, { path, bytes }: PublishedFile, count: number): string[];
/** Class names from the pickled dict that comes with the Python version. */
export declare function readPickledNames(set: Published, file: PublishedFile, key: string, count: number): string[];
/** One part of a data set from its files, in their order. */
export declare function joinBatches(name: string, batches: readonly Batch[], classNames: readonly string[], normalization: Normalization): ImageSet;
//# sourceMappingURL=cifar.d.ts.map