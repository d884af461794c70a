import { type Tensor } from "../tensor/index.ts";
import type { ParameterSpec, Tensors } from "./network.ts";
export declare const NORMS: readonly ["none", "instance", "group", "layer", "batch"];
export declare const ACTIVATIONS: readonly ["relu", "leaky_relu", "sigmoid", "swish"];
export declare const POOLINGS: readonly ["average", "max", "none"];
export type Norm = (typeof NORMS)[number];
export type Activation = (typeof ACTIVATIONS)[number];
export type Pooling = (typeof POOLINGS)[number];
/** The activation of that name. */
export declare function activate(x: Tensor, activation: Activation): Tensor;
/** 2 x 2 windows, stride 2. */
export declare function pool(x: Tensor, pooling: Pooling): Tensor;
/** `[n, ...]` as `[n, d]`. */
export declare function flatten(x: Tensor): Tensor;
/** `x W^T + b` of rows `x [n, d]`, with the layer's weight `[outputs, d]` and bias (where it has one). */
export declare function linear(x: Tensor, values: Tensors, name: string): Tensor;
/** `<name>.weight` of `shape` `[outputs, inputs, height, width]` and `<name>.bias`, in PyTorch's default distribution. */
export declare function convSpecs(name: string, shape: readonly [number, number, number, number]): ParameterSpec[];
/** {@link convSpecs} without the bias. */
export declare function unbiasedConvSpecs(name: string, shape: readonly [number, number, number, number]): ParameterSpec[];
/** `<name>.weight` `[outputs, inputs]` and `<name>.bias`, in PyTorch's default distribution. */
export declare function linearSpecs(name: string, inputs: number, outputs: number): ParameterSpec[];
/** `<name>.weight` and `<name>.bias` `[channels]` of a norm, at first the identity; none for norm `none`. */
export declare function normSpecs(name: string, norm: Norm, channels: number): ParameterSpec[];
/** Running statistics of batch norm; none for other norms. */
export declare function normBuffers(name: string, norm: Norm, channels: number): ParameterSpec[];
/**
 * Normalises `x + offset` (offset `[channels]`, the convolution's bias where it has one). Norms that centre each channel take it away
 * again, so there it is never added (its gradient is zero too). In training mode with batch norm, adds what running
 * statistics are updated with to `statistics`.
 */
export declare function normalize(convolved: Tensor, offset: Tensor | undefined, norm: Norm, name: string, values: Tensors, mode: "train" | "evaluate", statistics: Record<string, Tensor>): Tensor;
//# sourceMappingURL=layers.d.ts.map