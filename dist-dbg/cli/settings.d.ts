import { type DistillConfig, type PresetName } from "../distill/config.ts";
import type { Device } from "../engine/types.ts";
import type { SourceOptions } from "../run/index.ts";
/** Where the data come from and what works on them: settings that are no part of the configuration. */
export interface JobSettings extends SourceOptions {
    readonly dataset: string;
    readonly dataDir?: string;
    readonly preset: PresetName;
    readonly workers?: number;
    readonly device?: Device;
    /** A set to start from, absolute: where `init` is a path. */
    readonly initial?: string;
}
export type Source = "flag" | "environment" | "file" | "preset" | "default";
export interface Settings {
    readonly job: JobSettings;
    readonly config: DistillConfig;
    /** Where each value comes from. */
    readonly sources: Readonly<Record<string, Source>>;
    /** Configuration keys and job keys that were given as flags or in a file. */
    readonly given: Readonly<Record<string, unknown>>;
}
/** Flags as commander gives them; undefined where absent. */
export interface SettingFlags {
    readonly [key: string]: unknown;
    readonly config?: string;
    readonly set?: readonly [string, unknown][];
}
/**
 * Resolves all settings.
 *
 * @throws DatadamError INVALID_OPTION for unknown keys and wrong values, DATASET_NOT_FOUND never: nothing is loaded.
 */
export declare function resolveSettings(flags: SettingFlags, environment: Readonly<Record<string, string | undefined>>): Settings;
//# sourceMappingURL=settings.d.ts.map