// What matrix products take and give.

import type { ArrayOf, DType } from "../engine/types.ts";

export type Matrix = ArrayOf<DType>;

/** `a [m, k]` times the transpose of `b [n, k]`, both row-major: `[m, n]` in the precision of its operands. */
export type Multiply = <T extends Matrix>(a: T, b: T, m: number, k: number, n: number) => Promise<T>;
