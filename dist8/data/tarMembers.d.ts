/** A file of an archive: its bytes are `size` from `start` on. */
export interface TarMember {
    readonly path: string;
    readonly start: number;
    readonly size: number;
}
/**
 * The files of an uncompressed tar archive with short names (ustar), found by reading its headers alone.
 * @throws DatadamError INVALID_DATA where a header is damaged or of another kind, or the archive is cut off; IO
 */
export declare function tarMembers(file: string): Promise<TarMember[]>;
/** The bytes of a file of an archive. @throws DatadamError IO */
export declare function readMember(file: string, { path, start, size }: TarMember): Promise<Uint8Array>;
//# sourceMappingURL=tarMembers.d.ts.map