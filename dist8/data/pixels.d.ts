import type { ImageSet } from "../images/types.ts";
export { channelStatistics, inMemory } from "../images/index.ts";
/** The most memory that one set may take, in bytes. */
export declare const MAX_SET_BYTES: number;
/** Bytes that worker threads can see. */
export declare function sharedBytes(length: number): Uint8Array;
/** Labels that worker threads can see. */
export declare function sharedLabels(length: number): Uint16Array;
/** @throws DatadamError INVALID_OPTION where so many images would take more than {@link MAX_SET_BYTES} */
export declare function checkMemory(name: string, count: number, [c, h, w]: ImageSet["shape"]): void;
/** To one digit. */
export declare function gibibytes(bytes: number): string;
/** Turns every square plane of `side * side` pixels over its diagonal, in place: rows become columns. */
export declare function transposePlanes(pixels: Uint8Array, side: number): void;
//# sourceMappingURL=pixels.d.ts.map