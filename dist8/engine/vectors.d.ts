import type { Descent } from "./types.ts";
export declare class Vectors {
    #private;
    constructor();
    /** `target += addend`. */
    add(target: Float32Array, addend: Float32Array): void;
    /**
     * For all numbers `from` to `to`: `v = momentum v + (g / count + weightDecay p); p -= lr v`, where g is the sum of `gradients`, taken
     * from the first to the last.
     */
    descend(parameters: Float32Array, velocity: Float32Array, gradients: readonly Float32Array[], from: number, to: number, { lr, momentum, weightDecay, count }: Descent): void;
}
//# sourceMappingURL=vectors.d.ts.map