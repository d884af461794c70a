import type { Key } from "../random/index.ts";
import type { Tensor } from "../tensor/index.ts";
/** A plain float32 array with a shape: how parameters and images travel outside programs. */
export interface NdArray {
    readonly shape: readonly number[];
    readonly data: Float32Array;
}
export interface ParameterSpec {
    /** Its name in the family's PyTorch `state_dict`. */
    readonly name: string;
    readonly shape: readonly number[];
    /** Uniform in [-bound, bound], normal about 0, or all equal. */
    readonly initial: {
        readonly bound: number;
    } | {
        readonly std: number;
    } | {
        readonly value: number;
    };
}
/** Running statistics of a batch-normalised network: a state, not trained by gradients. */
export type BufferSpec = ParameterSpec;
export type Tensors = Readonly<Record<string, Tensor>>;
export type Arrays = Readonly<Record<string, NdArray>>;
export interface Forward {
    /** Activation maps in order, each `[n, c, h, w]`, before pooling. */
    readonly maps: readonly Tensor[];
    /** Flattened last features `[n, d]`. */
    readonly features: Tensor;
    /** `[n, classes]` */
    readonly logits: Tensor;
    /** Batch statistics to update buffers with, by buffer name; only in training mode, only with batch norm. */
    readonly statistics: Tensors;
}
export interface Network {
    /** e.g. `convnet`. */
    readonly name: string;
    /** Everything needed to build it again. */
    readonly options: Readonly<Record<string, unknown>>;
    /** `[channels, height, width]` of the images it takes. */
    readonly input: readonly [number, number, number];
    readonly classes: number;
    readonly parameters: readonly ParameterSpec[];
    readonly buffers: readonly BufferSpec[];
    /** Number of activation maps that `forward` gives; 0 where attention has nothing to match. */
    readonly maps: number;
    /** Whether statistics couple the images of a batch (batch norm): such a batch cannot be split. */
    readonly coupled: boolean;
    /**
     * @param values parameters (and, for evaluation mode, buffers) by name.
     * @param images `[n, channels, height, width]`.
     * @param mode   `train`: statistics of the batch; `evaluate`: running statistics.
     */
    forward(values: Tensors, images: Tensor, mode: "train" | "evaluate"): Forward;
}
/** Draws parameters in PyTorch's default distribution; each parameter from its own stream, keyed by its name. */
export declare function initialize(network: Network, key: Key): Record<string, NdArray>;
/** Running statistics of a network that has seen nothing. */
export declare function initialBuffers(network: Network): Record<string, NdArray>;
/**
 * Parameters (and running statistics) from named tensors, such as those of a `state_dict` saved as safetensors:
 * `loadParameters(network, decodeSafetensors(bytes).tensors)`.
 *
 * @throws RangeError naming every tensor that is missing, unknown, misshapen or not float32.
 */
export declare function loadParameters(network: Network, tensors: Readonly<Record<string, {
    readonly shape: readonly number[];
    readonly data: unknown;
}>>): Record<string, NdArray>;
/**
 * Checks arrays against a network's parameters (buffers may be absent): all there, nothing else, shapes equal. Gives their data by name.
 *
 * @throws RangeError naming every parameter that is missing, unknown or misshapen.
 */
export declare function checkParameters(network: Network, arrays: Arrays): Record<string, Float32Array>;
//# sourceMappingURL=network.d.ts.map