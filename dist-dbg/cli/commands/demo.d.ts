import type { CommonFlags, Ui } from "../ui.ts";
export interface DemoFlags extends CommonFlags {
    readonly out?: string;
    readonly workers?: number;
}
export declare function demoCommand(flags: DemoFlags, ui: Ui): Promise<void>;
//# sourceMappingURL=demo.d.ts.map