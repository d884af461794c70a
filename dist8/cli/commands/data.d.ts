import { type SourceOptions } from "../../run/index.ts";
import type { CommonFlags, Ui } from "../ui.ts";
export interface DataFlags extends CommonFlags, SourceOptions {
    readonly dataDir?: string;
}
export interface PreviewFlags extends DataFlags {
    readonly out: string;
    readonly perClass?: number;
    readonly part?: "train" | "test";
}
/** `data list` */
export declare function listCommand(ui: Ui): void;
export interface AddFlags extends CommonFlags {
    readonly download?: boolean;
    readonly yes?: boolean;
}
/** `data add NAME PATH`: checks it, then remembers it. With `--download`, fetches it first, after asking. */
export declare function addCommand(name: string, path: string | undefined, flags: AddFlags, ui: Ui): Promise<void>;
/** `data info SET` */
export declare function infoCommand(name: string, flags: DataFlags, ui: Ui): Promise<void>;
/** `data preview SET --out FILE`: a row a class. */
export declare function previewCommand(name: string, flags: PreviewFlags, ui: Ui): Promise<void>;
//# sourceMappingURL=data.d.ts.map