import type { Ui } from "../ui.ts";
export declare function keysCommand(ui: Ui): void;
//# sourceMappingURL=keys.d.ts.map