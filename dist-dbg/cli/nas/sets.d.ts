import type { Device } from "../../engine/types.ts";
import type { Protocol } from "../../evaluate/types.ts";
import type { ImageSet, PreparedSet, Preprocessing } from "../../images/types.ts";
import { type SearchProxy } from "../../nas/index.ts";
import type { Key } from "../../random/index.ts";
import type { Ui } from "../ui.ts";
/** A proxy with what it is validated on. */
export interface Contender {
    readonly name: string;
    /** With other epochs than asked for, for the rungs of successive halving. */
    readonly proxyWith: (epochs?: number) => SearchProxy;
    readonly validation: PreparedSet;
    /** Of the set of a run. */
    readonly preprocessing: Preprocessing | undefined;
}
export interface Split {
    readonly training: Uint32Array;
    readonly validation: Uint32Array;
}
/** Images of each class drawn at random and held out: `share` of them, at most `most` in all. */
export declare function splitValidation(train: ImageSet, share: number, most: number | undefined, key: Key): Split;
export interface SetOptions {
    readonly train: ImageSet;
    readonly split: Split;
    readonly seed: number;
    readonly ipc: number | undefined;
    readonly protocol: Protocol;
    readonly key: Key;
}
interface Workers {
    readonly workers?: number;
    readonly device?: Device;
}
/** @throws DatadamError `INVALID_OPTION` for a proxy that is neither a known word nor a run. */
export declare function loadContenders(names: readonly string[], { train, split, seed, ipc, protocol, key }: SetOptions, ui: Ui, workers: Workers): Promise<Contender[]>;
/** Prepares real images as the first run's set is. */
export declare function preparePart(contenders: readonly Contender[], ui: Ui, workers: Workers): (part: ImageSet) => Promise<PreparedSet>;
export {};
//# sourceMappingURL=sets.d.ts.map