import type { AskedData, DataFacts, FileFacts, Identity } from "./types.ts";
export interface Records {
    /** Accuracies by the number of the network; none where nothing is recorded. @throws DatadamError `INVALID_RUN` for a damaged record */
    accuracies(identity: Identity): readonly number[];
    add(identity: Identity, accuracies: readonly number[], versions: Readonly<Record<string, string>>): void;
    data(asked: AskedData): DataFacts | undefined;
    addData(asked: AskedData, facts: DataFacts): void;
    file(said: string): FileFacts | undefined;
    addFile(said: string, facts: FileFacts): void;
}
/** The folder is made when something is first written. */
export declare function openRecords(folder: string): Records;
//# sourceMappingURL=records.d.ts.map