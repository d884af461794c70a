import type { Program } from "../engine/types.ts";
import type { Network } from "../nn/index.ts";
import { type CompileOptions } from "../tensor/index.ts";
/** Prefixes of output names. */
export declare const GRADIENT = "gradient.";
export declare const STATISTIC = "statistic.";
/**
 * Sums over `count` images, given `images`, one-hot `targets` and the parameters: `loss`, `gradient.<parameter>` and, with batch
 * norm, `statistic.<buffer>`.
 *
 * @param options `winogradGradients`: the way back is linear, and every mask is drawn by then: its rounding flips none.
 */
export declare function trainProgram(network: Network, count: number, options?: CompileOptions): Program;
/** How many of `count` images are classified as their targets say: output `correct`. */
export declare function correctProgram(network: Network, count: number): Program;
/** What the network says of each of `count` images, with running statistics: output `output`, `[count, d]`. */
export declare function outputProgram(network: Network, count: number, what: "features" | "logits"): Program;
//# sourceMappingURL=programs.d.ts.map