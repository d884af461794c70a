import type { ImageSet, SyntheticSet } from "../../images/types.ts";
import { type SourceOptions } from "../../run/index.ts";
import type { Ui } from "../ui.ts";
export interface SubjectFlags extends SourceOptions {
    readonly dataset?: string;
    readonly dataDir?: string;
    readonly space?: "normalized" | "pixels" | "zca";
    readonly seed?: number;
    readonly workers?: number;
}
export interface Subject {
    readonly set: SyntheticSet;
    /** Its row of the table. */
    readonly name: string;
    readonly train: ImageSet;
    readonly test: ImageSet;
    /** Images per class. */
    readonly ipc: number;
    /** Of the networks, unless another is asked for. */
    readonly seed: number;
    /** Of a run: where the result is kept. */
    readonly directory: string | undefined;
}
/** @throws DatadamError RUN_NOT_FOUND, INVALID_RUN, INVALID_DATA, INVALID_OPTION */
export declare function subjectOf(path: string, flags: SubjectFlags, ui: Ui): Promise<Subject>;
/** A set of another program. */
export declare function readOther(path: string, train: ImageSet, { space, workers }: SubjectFlags, ui: Ui): Promise<{
    set: SyntheticSet;
    notes: readonly string[];
}>;
//# sourceMappingURL=subject.d.ts.map