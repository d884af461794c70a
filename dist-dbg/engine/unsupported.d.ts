/**
 * Operator of the first node of `model` that `accepts` refuses, by bisection over the beginnings of the model.
 * `undefined` where no beginning is refused.
 */
export declare function firstRefused(model: Uint8Array, accepts: (model: Uint8Array) => Promise<boolean>): Promise<string | undefined>;
//# sourceMappingURL=unsupported.d.ts.map