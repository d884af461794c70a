import { DatadamError } from "../../errors.ts";
import type { Ui } from "../ui.ts";
import type { Execution } from "./plan.ts";
import type { Records } from "./records.ts";
import type { Sources } from "./sources.ts";
import type { Identity, Plan, Unit } from "./types.ts";
export interface Workplace {
    /** Sets and what is half done. */
    readonly folder: string;
    readonly records: Records;
    readonly sources: Sources;
    readonly execution: Execution;
    readonly ui: Ui;
}
/** What could not be measured. */
export interface Failure {
    readonly title: string;
    readonly error: DatadamError;
}
/** Measures all that is not recorded yet. A unit that fails is told and left; all others are measured. */
export declare function fillTable(plan: Plan, place: Workplace): Promise<Failure[]>;
/** Numbers of the networks that are not recorded. */
export declare function missing({ networks }: Unit, identity: Identity, records: Records): number[];
//# sourceMappingURL=work.d.ts.map