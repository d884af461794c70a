import { type Tensor } from "../tensor/index.ts";
import { type Activation, type Norm, type Pooling } from "./layers.ts";
import type { BufferSpec, ParameterSpec, Tensors } from "./network.ts";
export interface ConvBlock {
    /** Output channels. */
    readonly channels: number;
    /** Square kernels of this extent, stride 1. */
    readonly kernel: number;
    readonly padding: number;
    readonly pooling: Pooling;
}
export interface StackOptions {
    /** `[channels, height, width]` of the images. */
    readonly input: readonly [number, number, number];
    readonly blocks: readonly ConvBlock[];
    readonly norm: Norm;
    readonly activation: Activation;
}
export interface Stack {
    readonly parameters: readonly ParameterSpec[];
    readonly buffers: readonly BufferSpec[];
    /** `[channels, height, width]` after the last block. */
    readonly output: readonly [number, number, number];
    forward(values: Tensors, images: Tensor, mode: "train" | "evaluate"): StackForward;
}
export interface StackForward {
    /** After each activation, before pooling. */
    readonly maps: readonly Tensor[];
    readonly last: Tensor;
    readonly statistics: Record<string, Tensor>;
}
/** Extents below 1 in `output`, or NaN, mean that the images are too small: the caller says what would help. */
export declare function stack({ input, blocks, norm, activation }: StackOptions): Stack;
//# sourceMappingURL=stack.d.ts.map