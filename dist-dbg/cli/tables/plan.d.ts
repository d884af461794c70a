import type { Device } from "../../engine/types.ts";
import { type TableFile } from "./schema.ts";
import type { Plan } from "./types.ts";
/** Where and how the work is done: no part of the numbers. */
export interface Execution {
    readonly dataDir?: string;
    readonly workers?: number;
    readonly device?: Device;
    readonly store?: "memory" | "disk" | "auto";
}
export interface PlanOptions extends Execution {
    /** Rows and columns to keep; all where absent. */
    readonly only?: readonly string[];
    readonly columns?: readonly string[];
}
/** @throws DatadamError `INVALID_OPTION` naming row and column */
export declare function planTable(path: string, file: TableFile, options: PlanOptions): Plan;
//# sourceMappingURL=plan.d.ts.map