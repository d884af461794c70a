import { type Network, type NetworkBuilder } from "../nn/index.ts";
import type { SettledConfig } from "./config.ts";
interface Subject {
    readonly shape: readonly [channels: number, height: number, width: number];
    readonly classNames: readonly string[];
}
/** @throws DatadamError INVALID_OPTION where the architecture refuses its options or the images. */
export declare function networkOf({ arch, depth, width, norm, activation, pooling }: SettledConfig, set: Subject): Network;
/** @throws DatadamError INVALID_OPTION where the builder refuses the images, or its network is not for them. */
export declare function customNetwork(build: NetworkBuilder, set: Subject): Network;
export {};
//# sourceMappingURL=network.d.ts.map