import type { Skipped } from "./corrupt.ts";
import { type Mislabelled } from "./mislabelled.ts";
/** Images that were written together. */
interface Batch {
    readonly paths: readonly string[];
    readonly skipped: readonly Skipped[];
    readonly grey: boolean;
    readonly mislabelled: Mislabelled;
    /** Of their bytes. */
    readonly crc: number;
}
/** A store that is being made. */
export declare class Journal {
    #private;
    readonly paths: string[];
    readonly skipped: Skipped[];
    grey: boolean;
    mislabelled: Mislabelled;
    private constructor();
    /** Begins the file `target`, or goes on with what a process that is no more has left of it. */
    static open(target: string, stride: number): Promise<Journal>;
    /** Appends images and makes sure that they last. */
    append(bytes: Uint8Array, batch: Omit<Batch, "crc">): Promise<void>;
    /** Puts the whole file in its place. */
    finish(target: string, key: string): Promise<void>;
    /** Lets go of it, as it is. */
    close(): Promise<void>;
    /** Throws it away. */
    discard(): Promise<void>;
}
export {};
//# sourceMappingURL=journal.d.ts.map