/**
 * Unpacks one block.
 * @param size bytes that it must unpack to
 * @throws Error where it says or gives anything else
 */
export declare function unpackSnappy(packed: Uint8Array, size: number): Uint8Array;
//# sourceMappingURL=snappy.d.ts.map