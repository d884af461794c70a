import { type DistillConfig } from "../../distill/config.ts";
import type { Device } from "../../engine/types.ts";
import { type RunRecord } from "../../run/index.ts";
import { type DistillOutcome } from "../session.ts";
import { type SettingFlags, type Settings } from "../settings.ts";
import type { CommonFlags, Ui } from "../ui.ts";
export interface DistillFlags extends CommonFlags, SettingFlags {
    readonly out?: string;
    readonly resume?: string;
    readonly classes?: readonly number[];
    readonly checkpointEvery?: number;
    readonly printConfig?: boolean;
    /** Without `out`: the folder is `<stem>-<n>`. Default by data set and ipc. */
    readonly stem?: string;
}
export declare function distillCommand(flags: DistillFlags, ui: Ui): Promise<void>;
/** Starts a new run and drives it to its end. Used by `demo` too. */
export declare function startRun(flags: DistillFlags, settings: Settings, ui: Ui): Promise<DistillOutcome>;
/** Goes on with a run, which may be at its end already. */
export declare function resumeRun(flags: DistillFlags, settings: Settings, ui: Ui): Promise<DistillOutcome>;
/** Everything but where and how a run works is fixed when it is made. @throws DatadamError INVALID_OPTION naming what differs */
export declare function refuseConflicts(record: RunRecord, flags: DistillFlags, settings: Settings): void;
export declare function requireShardable(config: DistillConfig): void;
/** The classes of a shard; null for all. @throws DatadamError INVALID_OPTION */
export declare function checkClasses(classes: readonly number[] | undefined, names: readonly string[]): readonly number[] | null;
/** A data set as part of a folder's name. */
export declare function slug(dataset: string): string;
/** A path as a person would type it. */
export declare function show(path: string): string;
export declare function workersOf(workers: number | undefined): {
    workers?: number;
};
export declare function deviceOf(device: Device | undefined): {
    device?: Device;
};
//# sourceMappingURL=distill.d.ts.map