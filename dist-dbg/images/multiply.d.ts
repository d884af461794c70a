import type { Matrix, Multiply } from "../engine/types.ts";
/** Zeros, shared between threads where the platform allows it. */
export declare function allocate<T extends Matrix>(kind: {
    new (buffer: ArrayBufferLike): T;
    BYTES_PER_ELEMENT: number;
}, length: number): T;
/** `a [m, k]` times the transpose of `b [n, k]` into `out [m, n]`, summed in float64, on this thread. */
export declare function multiplyInto(a: Matrix, b: Matrix, m: number, k: number, n: number, out: Matrix): void;
/** {@link Multiply} in plain TypeScript: about 3 GFLOP/s. */
export declare const plainMultiply: Multiply;
/** Called with `rows` by `columns` numbers of a product, which start at its element `[row, row]`. */
type TakeStrip<T> = (strip: T, row: number, rows: number, columns: number) => void;
/**
 * `a bᵀ` of two `[d, k]` matrices whose product is symmetric: the upper triangle only, so half the work, in strips of
 * rows that each start at the diagonal.
 */
export declare function symmetricProduct<T extends Matrix>(multiply: Multiply, a: T, b: T, d: number, k: number, take: TakeStrip<T>, call?: number): Promise<void>;
/** `a bᵀ` of two `[d, d]` matrices into `out`, in strips of rows. */
export declare function fullProduct<T extends Matrix>(multiply: Multiply, a: T, b: T, d: number, out: T, call?: number): Promise<void>;
/** Transposes `[d, d]`, in tiles that fit a cache. */
export declare function transpose(matrix: Matrix, d: number, out: Matrix): void;
/** Copies a strip of {@link symmetricProduct} into both triangles of `out [d, d]`, times `scale`. */
export declare function mirror(strip: Matrix, row: number, rows: number, columns: number, out: Matrix): void;
export {};
//# sourceMappingURL=multiply.d.ts.map