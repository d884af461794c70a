import { type Bound } from "../../continual/index.ts";
import { type DistillConfig } from "../../distill/config.ts";
import type { Protocol } from "../../evaluate/types.ts";
import type { ContinualFlags } from "../commands/continual.ts";
import { type JobSettings } from "../settings.ts";
/** Methods of a stream without steps: the policies of `ReplayMemory`. */
export declare const POLICIES: readonly ["balanced", "reservoir"];
export interface ContinualSettings {
    readonly job: JobSettings;
    readonly methods: readonly string[];
    readonly steps: number;
    readonly bound: Bound;
    /** A stream without steps: how far its classes blur; null for steps. */
    readonly stream: {
        readonly blur: number;
    } | null;
    readonly orders: number;
    readonly networks: number;
    readonly seed: number;
    readonly protocol: Protocol;
    /** The classes taken of the data set; null for all. */
    readonly classes: readonly number[] | null;
    /** Of distillers and of the networks. */
    readonly config: DistillConfig;
}
/** @throws DatadamError `INVALID_OPTION` for options that do not go together, or an unknown method. */
export declare function settleContinual(flags: ContinualFlags): ContinualSettings;
/** The configuration as distillers take it. */
export declare function distillPart(config: DistillConfig): Partial<DistillConfig>;
//# sourceMappingURL=settings.d.ts.map