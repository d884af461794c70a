import { type NodeProto, type TensorProto } from "onnx-buf";
import { type Tensor } from "./tensor.ts";
/** An attribute's value. `{ float }` marks real numbers, since 1 and 1.0 are one in JavaScript. */
export type AttributeValue = number | string | readonly number[] | {
    readonly float: number;
};
export interface EmitterOptions {
    /** Whether convolutions may use Winograd's filtering: half the products, a little more rounding. */
    readonly winograd?: boolean;
    /** The same for the gradients of convolutions with respect to their inputs. */
    readonly winogradGradients?: boolean;
    /** For ONNX Runtime's CPU provider alone: an operation that others lack, and products that are wider for it. */
    readonly cpu?: boolean;
}
export declare class Emitter {
    #private;
    readonly winograd: boolean;
    readonly winogradGradients: boolean;
    readonly cpu: boolean;
    readonly nodes: NodeProto[];
    readonly initializers: TensorProto[];
    constructor({ winograd, winogradGradients, cpu }?: EmitterOptions);
    /** Adds one ONNX operator, unless an equal one is there; gives the name of its first output. */
    node(operator: string, inputs: readonly string[], attributes?: Readonly<Record<string, AttributeValue>>): string;
    /** The same for an operator with several outputs: the names of the first `count`. */
    nodeOf(count: number, operator: string, inputs: readonly string[], attributes: Readonly<Record<string, AttributeValue>>): readonly string[];
    float32(data: Float32Array, dims: readonly number[]): string;
    /** Integer arguments of operators (shapes, axes, starts): shared where equal. */
    int64(values: readonly number[], dims?: readonly number[]): string;
    scalar(value: number): string;
    /**
     * Writes one primitive in terms of others: those that `build` makes of stand-ins for `inputs`, which are named `names`.
     * Stand-ins, lest a simplification reaches behind an input and writes what made it once more.
     */
    lower(build: (...sources: Tensor[]) => Tensor, inputs: readonly Tensor[], names: readonly string[]): string;
    /** Makes `name` available as the output `output`, which it keeps even if another output is the same value. */
    rename(name: string, output: string): void;
}
//# sourceMappingURL=emitter.d.ts.map