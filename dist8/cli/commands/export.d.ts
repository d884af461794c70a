import type { CommonFlags, Ui } from "../ui.ts";
export interface ExportFlags extends CommonFlags {
    readonly to: "png" | "safetensors" | "npz" | "pt";
    readonly out?: string;
}
export declare function exportCommand(directory: string, { to, out }: ExportFlags, ui: Ui): Promise<void>;
/** Class names as folder names: nothing that leaves the folder, nothing twice. */
export declare function folderNames(classNames: readonly string[]): string[];
//# sourceMappingURL=export.d.ts.map