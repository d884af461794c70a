import { type NpyArrays, type NpyDType } from "./npy.ts";
import { Part, type PickleExtension } from "./pickleValues.ts";
/** Elements as they lie in a file; halves are given as float32, booleans as 0 and 1. */
type Element = NpyDType | "f2" | "bf2";
/** Numbers that tensors look into. */
export declare class Storage extends Part {
    #private;
    readonly key: string;
    readonly element: Element;
    readonly count: number;
    constructor(key: string, element: Element, count: number, bytes: Uint8Array | undefined);
    /** @param bigEndian of the file */
    values(bigEndian: boolean): NpyArrays[NpyDType] | undefined;
}
export interface TorchOptions {
    /** The bytes of a storage; undefined in a first reading. Throws where there is none of this key. */
    readonly bytesOf: (key: string, element: Element, count: number) => Uint8Array | undefined;
    /** The most bytes that all tensors may take. */
    readonly maxBytes: number;
    readonly bigEndian: boolean;
}
/** Tensors for `decodePickle`. */
export declare function torchExtension({ bytesOf, maxBytes, bigEndian }: TorchOptions): PickleExtension;
/** Bytes of an element. */
export declare function itemSize(element: Element): number;
export {};
//# sourceMappingURL=torch.d.ts.map