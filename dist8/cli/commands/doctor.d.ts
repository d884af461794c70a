import type { CommonFlags, Ui } from "../ui.ts";
export declare function doctorCommand(_flags: CommonFlags, ui: Ui): Promise<void>;
//# sourceMappingURL=doctor.d.ts.map