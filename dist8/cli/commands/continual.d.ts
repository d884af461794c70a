import type { Device } from "../../engine/types.ts";
import type { SourceOptions } from "../../run/index.ts";
import type { SettingFlags } from "../settings.ts";
import type { CommonFlags, Ui } from "../ui.ts";
export interface ContinualFlags extends CommonFlags, SourceOptions, SettingFlags {
    readonly out: string;
    readonly dataset?: string;
    readonly dataDir?: string;
    readonly workers?: number;
    readonly device?: Device;
    readonly method: readonly string[];
    readonly steps?: number;
    readonly memory?: number;
    readonly memoryTotal?: number;
    readonly orders?: number;
    readonly networks?: number;
    readonly protocol?: string;
    readonly epochs?: number;
    readonly classes?: readonly number[];
    readonly blur?: number;
}
export declare function continualCommand(flags: ContinualFlags, ui: Ui): Promise<void>;
//# sourceMappingURL=continual.d.ts.map