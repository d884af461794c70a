import { DatadamError } from "../errors.ts";
import { type NpyArray, type NpyDType } from "./npy.ts";
/**
 * A value of Python. `int` is a number where it is a safe integer and else a bigint; `str` is a string, that of Python 2 by latin1;
 * `bytes` and `bytearray` are a Uint8Array; lists and tuples are arrays; dicts are maps; NumPy's `bool` arrays are `u1`.
 */
export type PickleValue = null | boolean | number | bigint | string | Uint8Array | NpyArray | readonly PickleValue[] | ReadonlyMap<PickleValue, PickleValue>;
/** A name that the pickle refers to, e.g. `numpy.dtype`. */
export declare class Global {
    readonly name: string;
    constructor(name: string);
}
/** NumPy's type of elements, until an array is made of it. */
export declare class Dtype {
    readonly code: NpyDType | "b1";
    bigEndian: boolean;
    constructor(code: NpyDType | "b1");
    get array(): NpyDType;
}
/** What an extension needs to make values, and is none itself. */
export declare abstract class Part {
}
/** What lies on the machine's stack. */
export type Item = Exclude<PickleValue, readonly PickleValue[] | ReadonlyMap<PickleValue, PickleValue>> | Global | Dtype | Part | Item[] | Map<Item, Item>;
/** Is told how many bytes are about to be made; throws where they are too many. */
export type Charge = (bytes: number) => void;
type Call = (args: readonly Item[], charge: Charge) => Item;
/** More that a pickle may hold, where it is part of a format of its own. */
export interface PickleExtension {
    /** Names that may be called, and what is made then. */
    readonly calls: Readonly<Record<string, Call>>;
    /** Names that may be referred to only. */
    readonly names: readonly string[];
    /** What an object outside of the pickle is, by its id. */
    readonly persistent: (id: Item) => Item;
    /** Said where another name is refused. */
    readonly hint: string;
}
/** @throws DatadamError INVALID_DATA where the name is not one that a pickle of data needs */
export declare function findGlobal(module: string, name: string, extension?: PickleExtension): Global;
/** What `callable(*args)` is in Python, for the few callables that there are. */
export declare function call(callable: Item, args: Item, charge: Charge, extension?: PickleExtension): Item;
/** Gives an object its state, as `__setstate__` does: that of a dtype or an array. */
export declare function build(target: Item, state: Item, charge: Charge, extension?: PickleExtension): void;
/** Whether a value is an array of NumPy's. */
export declare function isNpyArray(value: Item | PickleValue | undefined): value is NpyArray;
/** Whole numbers from 0 on, as many as an array may have axes. */
export declare function isShape(shape: Item | undefined): shape is number[];
/** An `int`: a number where that is exact. */
export declare function integer(value: bigint): number | bigint;
/** The error of everything here. */
export declare function invalid(what: string): DatadamError;
export {};
//# sourceMappingURL=pickleValues.d.ts.map