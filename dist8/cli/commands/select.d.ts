import { type SelectMethod } from "../../select/index.ts";
import { type SettingFlags } from "../settings.ts";
import type { CommonFlags, Ui } from "../ui.ts";
export interface SelectFlags extends CommonFlags, SettingFlags {
    readonly method: SelectMethod;
    readonly features?: "pixels" | "convnet";
    readonly parameters?: string;
    readonly epochs?: number;
    readonly out?: string;
    readonly classes?: readonly number[];
}
export declare function selectCommand(flags: SelectFlags, ui: Ui): Promise<void>;
//# sourceMappingURL=select.d.ts.map