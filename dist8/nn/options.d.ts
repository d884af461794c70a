import { type ArchitectureName } from "./architectures.ts";
import type { Norm } from "./layers.ts";
/** Options of every network; those with more have their own. */
export interface NetworkOptions {
    /** Image channels. Default 3. */
    channels?: number;
    /** Image height and width, in pixels; a pair for images that are not square. Default 32. */
    size?: number | readonly [height: number, width: number];
    /** Default 10. */
    classes?: number;
    /** Channels of the first block; those of later blocks follow it. Default: that of the architecture. */
    width?: number;
    /** Default: that of the architecture. */
    norm?: Norm;
}
export declare function sidesOf(size: NonNullable<NetworkOptions["size"]>): readonly [height: number, width: number];
/** @throws RangeError naming the first value that is no positive integer. */
export declare function checkCounts(network: string, values: Readonly<Record<string, number>>): void;
/** @throws RangeError where `value` is not one of `known`. */
export declare function checkChoice(network: string, option: string, value: string, known: readonly string[]): void;
/** Options with nothing left out. */
export interface SettledOptions {
    readonly channels: number;
    readonly size: number | readonly [height: number, width: number];
    readonly classes: number;
    readonly width: number;
    readonly norm: Norm;
    readonly height: number;
    readonly breadth: number;
}
/**
 * Fills in what a network of fixed architecture was not given, and checks it.
 *
 * @throws RangeError for counts that are none, a norm the architecture cannot have, images too small for it.
 */
export declare function settleOptions(network: ArchitectureName, options: NetworkOptions): SettledOptions;
/** Zeros on each side in the first convolution: images of 28 px are brought to the 32 px that the family's networks are made for. */
export declare function firstPadding(usual: number, height: number, width: number): number;
//# sourceMappingURL=options.d.ts.map