import type { Program } from "../engine/types.ts";
import type { Network, Tensors } from "../nn/index.ts";
import { type CompileOptions, type Tensor } from "../tensor/index.ts";
import { type AttentionOptions } from "./attention.ts";
import { type ErrorType } from "./distance.ts";
/** What is matched: everything of the loss but the images. */
export interface Objective {
    readonly network: Network;
    readonly attention: AttentionOptions;
    /** Of a distance in the loss: of each layer's attention, and of the features. One of weight 0 is measured only. */
    readonly weights: {
        readonly attention: number;
        readonly features: number;
    };
    readonly errorType: ErrorType;
    /** Indices into the network's activation maps. */
    readonly layers: readonly number[];
    /**
     * The network is as initialised, so that constant parameters (the norms' scales of one and biases of zero) are
     * written into the program.
     */
    readonly fresh: boolean;
}
/** Names of the matched quantities, in order: the attention of each layer, then the features. */
export declare function quantities({ layers }: Objective): string[];
/** The parameters as inputs; those of a fresh network that are constant, as constants. */
export declare function parameterInputs({ network, fresh }: Pick<Objective, "network" | "fresh">): Tensors;
export declare function imagesInput({ network }: Pick<Objective, "network">, count: number): Tensor;
/**
 * Sums over `count` images of what is matched: outputs `[d]` each. Sums of parts add up to that of the whole.
 *
 * @param winograd means need no gradient, so no mask can flip: rounding of 1e-6 is harmless, and a fifth of the time is saved.
 */
export declare function totalsProgram(objective: Objective, count: number, winograd: boolean): Program;
/** Means over each class of `classes * count` images in class order: outputs `[classes, d]` each. */
export declare function meansProgram(objective: Objective, classes: number, count: number): Program;
/**
 * Loss and gradient of synthetic images against target means (inputs `target.<quantity>` `[classes, d]`): outputs
 * `distance.<quantity>` (summed over classes, unweighted) and `gradient` `[classes * count, c, h, w]` of the weighted sum
 * of distances.
 *
 * @param winogradGradients the way back is linear, and every mask is drawn by then: its rounding flips none.
 */
export declare function matchProgram(objective: Objective, classes: number, count: number, winogradGradients?: boolean): Program;
/** Weight of a distance in the loss. */
export declare function weightOf({ weights }: Objective, quantity: string): number;
/**
 * The image gradient given each quantity's cotangent (inputs `cotangent.<quantity>` `[d]`, the same for every image):
 * for synthetic classes too large for one {@link matchProgram}.
 */
export declare function pullbackProgram(objective: Objective, count: number, winogradGradients?: boolean): Program;
/** Parameters are bound: they stay for all classes of an iteration. */
export declare function trace(name: string, { network }: Pick<Objective, "network">, outputs: Readonly<Record<string, Tensor>>, options?: CompileOptions): Program;
//# sourceMappingURL=programs.d.ts.map