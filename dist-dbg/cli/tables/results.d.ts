import { type Interval } from "../../statistics/index.ts";
import type { Records } from "./records.ts";
import type { Sources } from "./sources.ts";
import type { Identity, Plan, Published, Unit } from "./types.ts";
/** From so many points on, a cell's distance from its published value is marked. */
export declare const NOTABLE = 3;
export interface Measured {
    readonly seed: number;
    readonly network: number;
    /** In per cent. */
    readonly accuracy: number;
}
export interface CellResult {
    readonly row: string;
    readonly column: string;
    /** Why the cell is left out, or null. */
    readonly leftOut: string | null;
    /** Over seeds and networks; null where nothing is recorded. */
    readonly mean: number | null;
    /** Sample standard deviation. */
    readonly std: number | null;
    /** Accuracies that there are to be; `measured` holds those that there are. */
    readonly wanted: number;
    readonly measured: readonly Measured[];
    /** Of distillation; null for other rows. */
    readonly iterations: number | null;
    readonly protocol: string;
    /** Null where the images were never seen here. */
    readonly network: Identity["evaluation"]["network"] | null;
    readonly published: Published | null;
    /** From the published mean. */
    readonly difference: number | null;
}
/** Of the records alone: nothing is loaded. */
export declare function collect(plan: Plan, sources: Sources, records: Records): CellResult[];
/** Undefined where the records do not know the unit's images. */
export declare function identityOf(unit: Unit, sources: Sources): Identity | undefined;
/** Two rows under one column. */
export interface Comparison {
    readonly column: string;
    readonly a: string;
    readonly b: string;
    /** Of `a` minus `b`, in points, with Student's 95 % interval. */
    readonly mean: number;
    readonly interval: Interval | null;
    readonly pairs: number;
}
/**
 * The rows' difference under each column, paired over seed and number of the network, as far as both are measured.
 *
 * @param text `A,B`: names of rows, which may have commas themselves.
 */
export declare function compare(text: string, { rows, columns }: Plan, results: readonly CellResult[]): Comparison[];
//# sourceMappingURL=results.d.ts.map