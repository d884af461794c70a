import type { Engine } from "../engine/types.ts";
import { type PreparedSet, type SyntheticSet } from "../images/index.ts";
import type { Network } from "../nn/index.ts";
import type { Key } from "../random/index.ts";
import type { SettledConfig } from "./config.ts";
import type { DistillState } from "./types.ts";
export interface InitialSources {
    readonly key: Key;
    /** Of the distillation: coresets are chosen by its features. */
    readonly network: Network;
    readonly engine: Engine;
    readonly signal: AbortSignal | undefined;
    /** For `init: "set"`. */
    readonly initial: SyntheticSet | undefined;
}
/**
 * The state before the first iteration. Each class draws from its own stream, so that a shard starts as the whole does.
 *
 * @throws DatadamError `INVALID_DATA` where a class has fewer images than `ipc`, or the given set does not fit.
 */
export declare function initialState(set: PreparedSet, config: SettledConfig, classes: readonly number[], sources: InitialSources): Promise<DistillState>;
//# sourceMappingURL=initial.d.ts.map