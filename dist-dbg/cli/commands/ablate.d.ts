import type { Ui } from "../ui.ts";
import type { DistillFlags } from "./distill.ts";
export interface AblateFlags extends DistillFlags {
    readonly out: string;
    readonly vary: readonly (readonly [key: string, values: readonly unknown[]])[];
    readonly networks?: number;
    readonly protocol?: string;
    readonly format?: TableFormat;
}
type TableFormat = "markdown" | "csv" | "json";
export declare function ablateCommand(flags: AblateFlags, ui: Ui): Promise<void>;
export {};
//# sourceMappingURL=ablate.d.ts.map