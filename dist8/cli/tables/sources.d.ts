import type { ImageSet } from "../../images/types.ts";
import type { Ui } from "../ui.ts";
import type { Records } from "./records.ts";
import type { DataFacts, FileFacts, Unit } from "./types.ts";
export interface LoadedData {
    readonly train: ImageSet;
    readonly test: ImageSet;
}
export interface Sources {
    /** What is known of a unit's images without reading them. */
    known(unit: Unit): DataFacts | undefined;
    /** The same, by reading them where nothing is known. */
    facts(unit: Unit): Promise<DataFacts>;
    /** @throws DatadamError `INVALID_DATA` where they are not those of the records */
    load(unit: Unit): Promise<LoadedData>;
    /** Of a file or run that is given; undefined for other units, and where there is neither the file nor a record of it. */
    file(unit: Unit): FileFacts | undefined;
}
export declare function openSources(records: Records, ui: Ui): Sources;
//# sourceMappingURL=sources.d.ts.map