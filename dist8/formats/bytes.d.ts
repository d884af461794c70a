/** A copy of bytes `from` to `to` in memory of its own. */
export declare function copyBytes(bytes: Uint8Array, from: number, to?: number): Uint8Array<ArrayBuffer>;
//# sourceMappingURL=bytes.d.ts.map