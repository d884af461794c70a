import { type MethodName } from "../../distill/config.ts";
import { type SelectMethod } from "../../select/index.ts";
import type { AskedData, NetworkChoice, Published, Space } from "./types.ts";
interface EvaluationKeys extends NetworkChoice {
    readonly protocol?: string;
    readonly epochs?: number;
    readonly batch?: number;
    /** Fresh networks for each set. Default 3. */
    readonly networks?: number;
}
type SourceKeys = Partial<AskedData>;
type Config = Readonly<Record<string, unknown>>;
export interface TableColumn extends SourceKeys, EvaluationKeys {
    readonly name: string;
    readonly ipc?: number;
    readonly config?: Config;
}
export interface TableCell {
    readonly published?: Published;
    /** Configuration of this cell alone. */
    readonly config?: Config;
    /** Why the cell is left out. */
    readonly skip?: string;
}
export interface TableRow {
    readonly name: string;
    readonly distill?: MethodName;
    readonly select?: SelectMethod;
    /** Where a selection takes distances. Default `convnet`. */
    readonly features?: "pixels" | "convnet";
    /** A file or run, or one for each column; relative to the table. */
    readonly path?: string | Readonly<Record<string, string>>;
    /** Of a file of another program: what its numbers are. Default `normalized`. */
    readonly space?: Space;
    /** A network trained on all images, one a seed. */
    readonly whole?: true;
    readonly preset?: string;
    /** Of a row of the whole set; others have that of the column. Default `whole`. */
    readonly protocol?: string;
    readonly epochs?: number;
    readonly batch?: number;
    readonly config?: Config;
    /** Default: those of the table. */
    readonly seeds?: readonly number[];
    /** By the names of columns. */
    readonly cells?: Readonly<Record<string, TableCell>>;
}
/** Columns say what they want apart from what the table says. */
export interface TableFile extends SourceKeys, EvaluationKeys {
    readonly title?: string;
    readonly seeds: readonly number[];
    readonly config?: Config;
    readonly columns: readonly TableColumn[];
    readonly rows: readonly TableRow[];
}
/** @throws DatadamError `INVALID_OPTION` with one line for each problem: which row or column, which key. */
export declare function readTableFile(path: string): TableFile;
/** @param path for the messages. */
export declare function parseTable(value: unknown, path: string): TableFile;
/** `"DN"; did you mean DM?` */
export declare function meant(word: string, known: readonly string[]): string;
export {};
//# sourceMappingURL=schema.d.ts.map