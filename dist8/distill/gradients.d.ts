import type { Binding, Engine } from "../engine/types.ts";
import type { Network, ParameterSpec } from "../nn/index.ts";
import type { Match, Matching, Targets } from "./method.ts";
export interface GradientObjective {
    readonly network: Network;
    /** The network is as initialised: see `Objective`. */
    readonly fresh: boolean;
}
/** The parameters whose gradients are matched: weights. Biases and the norms' parameters are left out, as in the paper's code. */
export declare function matchedWeights({ parameters }: Network): readonly ParameterSpec[];
/** Matches mean gradients class by class. Its distances: that of each weight, in the network's order. */
export declare class GradientMatcher implements Matching {
    #private;
    constructor(objective: GradientObjective, engine: Engine);
    /** Mean gradients of real images of one class, `gradient.<weight>`. */
    targets(parameters: Binding, real: Float32Array, [label]: readonly number[]): Promise<Targets>;
    match(parameters: Binding, targets: Targets, synthetic: Float32Array, classes: readonly number[]): Promise<Match>;
}
/**
 * `sum over rows of 1 - cos(row of own, row of target)`: the paper's distance of a layer, a row for each output node. In
 * float64, with `weight` times its gradient with respect to `own`.
 */
export declare function rowDistance(own: Float32Array, target: Float32Array, rows: number, weight: number): {
    readonly distance: number;
    readonly gradient: Float32Array;
};
//# sourceMappingURL=gradients.d.ts.map