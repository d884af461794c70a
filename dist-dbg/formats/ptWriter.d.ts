import { type NpyArray } from "./npy.ts";
/** What can be written. Objects become dicts, arrays lists; integers become `int`, other numbers `float`. */
export type PtValue = null | boolean | number | string | NpyArray | readonly PtValue[] | {
    readonly [key: string]: PtValue;
};
/**
 * A file of `torch.save`, in the zip format of PyTorch 1.6 and later. Equal input gives equal bytes. `weights_only` of PyTorch 1.13 knows
 * no floats outside of tensors; later versions do.
 * @throws RangeError where an array is not as long as its shape, TypeError where PyTorch has no such dtype
 */
export declare function encodePt(value: PtValue): Uint8Array;
//# sourceMappingURL=ptWriter.d.ts.map