import { type Execution } from "../tables/plan.ts";
import { type TableFormat } from "../tables/report.ts";
import type { CommonFlags, Ui } from "../ui.ts";
export interface TableFlags extends CommonFlags, Execution {
    readonly format?: TableFormat;
    /** Rows and columns to keep. */
    readonly only?: readonly string[];
    readonly column?: readonly string[];
    readonly compare?: readonly string[];
    readonly plot?: string;
    readonly work?: string;
    readonly records?: string;
    readonly dryRun?: boolean;
    /** False for `--no-run`. */
    readonly run?: boolean;
}
export declare function tableCommand(path: string, flags: TableFlags, ui: Ui): Promise<void>;
//# sourceMappingURL=table.d.ts.map