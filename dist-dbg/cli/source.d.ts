import { type DatasetOptions } from "../data/index.ts";
import type { Dataset } from "../images/types.ts";
import { type RunDataset, type SourceOptions } from "../run/index.ts";
import type { JobSettings } from "./settings.ts";
import type { Ui } from "./ui.ts";
type Location = Pick<JobSettings, "dataset" | "dataDir"> & SourceOptions;
export interface Source {
    readonly dataset: Dataset;
    readonly description: RunDataset;
    /** What was told while it was read. */
    readonly warnings: readonly string[];
}
/** Loads what the settings name. */
export declare function loadSource(location: Location, ui: Ui): Promise<Source>;
/** Tells of decoding, and warns. */
export declare function listeners({ reporter }: Ui): Required<Pick<DatasetOptions, "onProgress" | "onWarning">>;
/** Loads the data set of a run again, from another place where `moved` says so. @throws DatadamError INVALID_DATA where it has changed */
export declare function reloadSource(recorded: RunDataset, moved: Partial<Location>, ui: Ui): Promise<Source>;
/** Where a run's images were. */
export declare function locationOf(recorded: RunDataset): Location;
export {};
//# sourceMappingURL=source.d.ts.map