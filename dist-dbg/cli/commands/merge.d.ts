import type { CommonFlags, Ui } from "../ui.ts";
export interface MergeFlags extends CommonFlags {
    readonly out: string;
}
export declare function mergeCommand(directories: readonly string[], { out }: MergeFlags, ui: Ui): Promise<void>;
//# sourceMappingURL=merge.d.ts.map