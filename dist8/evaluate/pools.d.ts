import type { NetworkChoice } from "./network.ts";
export type PoolName = "widths" | "depths" | "activations" | "poolings" | "norms" | "architectures";
/** Each varies one thing of the ConvNet; what a member leaves out is as in distillation. `architectures` varies the architecture. */
export declare const pools: Readonly<Record<PoolName, readonly NetworkChoice[]>>;
/** @throws DatadamError `INVALID_OPTION` for an unknown name. */
export declare function poolOf(name: string): readonly NetworkChoice[];
//# sourceMappingURL=pools.d.ts.map