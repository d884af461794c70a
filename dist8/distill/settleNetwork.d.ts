import type { DistillConfig, SetFacts, SettledConfig } from "./config.ts";
export type SettledNetwork = Pick<SettledConfig, "depth" | "width" | "norm" | "activation" | "pooling">;
/**
 * `depth` is the number of activation maps. A fixed architecture says its own depth, activation and pooling; it may be told these, but no others.
 * The norm is `none` where the architecture has no norm layers.
 *
 * @throws DatadamError INVALID_OPTION where an option does not apply, the images are too small, or attention has nothing to match.
 */
export declare function settleNetwork(config: DistillConfig, { shape: [, height, width] }: SetFacts): SettledNetwork;
/** @throws DatadamError INVALID_OPTION where attention is matched, but the network has no maps. */
export declare function requireMaps({ method, attentionWeight }: DistillConfig, network: string, maps: number): void;
//# sourceMappingURL=settleNetwork.d.ts.map