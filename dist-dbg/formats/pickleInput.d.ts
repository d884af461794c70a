/** The bytes of a pickle, read from front to end. */
export declare class PickleInput {
    #private;
    constructor(bytes: Uint8Array);
    /** Where the next byte is. */
    get at(): number;
    /** The next `length` bytes, which are not copied. */
    take(length: number): Uint8Array;
    u1(): number;
    u2(): number;
    u4(): number;
    i4(): number;
    /** A length of 8 bytes: inexact above 2^53, which is more than there is anyway. */
    u8(): number;
    /** A double, which pickles store big-endian. */
    f8(): number;
    latin1(length: number): string;
    /** Lone surrogates, which Python writes as they are, become U+FFFD. */
    utf8(length: number): string;
    /** Two's complement, little-endian. */
    long(length: number): number | bigint;
    /** Up to the end of the line, which is left out. */
    line(): Uint8Array;
    text(): string;
    /** An int by digits, with the `L` of Python 2 or without. */
    decimal(text?: string): number | bigint;
    /** An int by digits, or `00` and `01` for False and True. */
    decimalOrFlag(): number | bigint | boolean;
    /** A float as `repr` writes it. */
    float(): number;
    /** A `str` of Python 2 as `repr` writes it, with quotes and escapes. */
    quoted(): string;
    /** Text by latin1 with `\uXXXX` and `\UXXXXXXXX`. */
    escaped(): string;
}
//# sourceMappingURL=pickleInput.d.ts.map