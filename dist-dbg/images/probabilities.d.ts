/** Whether all numbers are at least 0 and each row of `width` has the sum 1. */
export declare function areProbabilities(rows: Float32Array, width: number): boolean;
/** `softmax(row / temperature)` of each row of `width` numbers. */
export declare function softmaxRows(logits: ArrayLike<number>, width: number, temperature?: number): Float32Array;
//# sourceMappingURL=probabilities.d.ts.map