/** Serialised ModelProto: inputs `a [m, k]` and `b [n, k]`, output `c [m, n]`. */
export declare function multiplyModel(dtype: "float32" | "float64"): Uint8Array;
//# sourceMappingURL=multiplyModel.d.ts.map