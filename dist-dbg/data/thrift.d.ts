/** A struct: its fields by their numbers. */
export type ThriftStruct = ReadonlyMap<number, ThriftValue>;
export type ThriftValue = number | boolean | Uint8Array | readonly ThriftValue[] | ThriftStruct;
/**
 * Reads the struct at the start of `bytes`. Byte strings are views of `bytes`; integers beyond 2^53 are rounded.
 * @returns the struct, and where it ends
 * @throws Error where it breaks the format, passes the end, is too deep or has too many values
 */
export declare function readThrift(bytes: Uint8Array): {
    struct: ThriftStruct;
    end: number;
};
//# sourceMappingURL=thrift.d.ts.map