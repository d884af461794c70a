import type { Dataset, ImageSet } from "../images/types.ts";
export interface SetReport {
    readonly count: number;
    /** Images of each class, in class order. */
    readonly classes: readonly {
        readonly name: string;
        readonly count: number;
    }[];
    /** Of each channel, of pixels in [0, 1]. */
    readonly mean: readonly number[];
    readonly std: readonly number[];
    /** Images that equal an earlier one of the set, pixel by pixel. */
    readonly duplicates: number;
    /** Of these, those that have another label than the first of their kind. */
    readonly conflicts: number;
}
export interface DatasetReport {
    readonly name: string;
    readonly shape: ImageSet["shape"];
    readonly flippable: boolean;
    readonly train: SetReport;
    readonly test: SetReport | undefined;
    /** Test images that equal a training image. */
    readonly leaked: number;
    /** One sentence for each thing that may spoil a result; empty where all is well. */
    readonly warnings: readonly string[];
}
/** Counts, channel statistics, duplicates within and across the parts. Reads every pixel twice. */
export declare function inspectDataset({ name, train, test }: Dataset): DatasetReport;
//# sourceMappingURL=inspect.d.ts.map