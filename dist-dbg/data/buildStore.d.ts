import { type Corrupt } from "./corrupt.ts";
import { type DecodedImage } from "./decode.ts";
import { type Store } from "./store.ts";
/** An image to come. */
export interface Incoming {
    readonly path: string;
    readonly decode: () => Promise<DecodedImage>;
}
/** What {@link openStore} needs to know. */
export interface StoreSource {
    /** The place, for messages. */
    readonly root: string;
    /** Hexadecimal, of everything that decides the bytes. */
    readonly key: string;
    readonly channels: 1 | 3;
    /** Side in pixels. */
    readonly size: number;
    /** How many images there are, where that is known. */
    readonly total: number | undefined;
    /** All images, always in the same order. May be asked for again. */
    readonly images: () => Iterable<Incoming> | AsyncIterable<Incoming>;
}
/** How to go about it. */
export interface StoreOptions {
    readonly cacheDir: string;
    readonly corrupt: Corrupt;
    readonly onProgress: (done: number, total: number | undefined) => void;
}
/**
 * The images from the cache; decoded into it where they are not there, going on with what a killed process has left.
 * @throws DatadamError INVALID_DATA where an image cannot be decoded and none is to be skipped, IO where the cache cannot be written
 */
export declare function openStore(source: StoreSource, options: StoreOptions): Promise<Store>;
//# sourceMappingURL=buildStore.d.ts.map