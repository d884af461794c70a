/**
 * The files of a zip, unpacked one by one, stored or deflated. No encryption, one disk; zip64 only as far
 * as the end of its directory goes, which PyTorch writes always.
 * @param maxBytes the most that all files may unpack to
 * @throws DatadamError INVALID_DATA
 */
export declare function readZip(bytes: Uint8Array, maxBytes: number): Generator<{
    name: string;
    data: Uint8Array;
}>;
//# sourceMappingURL=zip.d.ts.map