import { type ValueInfoProto } from "onnx-buf";
import type { Program, Signature } from "../engine/types.ts";
import { type EmitterOptions } from "./emitter.ts";
import { type Tensor } from "./tensor.ts";
export interface CompileOptions extends EmitterOptions {
    /** Names of the inputs whose values stay for many runs (see `Binding`). Default: none. */
    readonly bound?: readonly string[];
}
/**
 * The program that computes `outputs` from the inputs they were traced from.
 *
 * @param name    shows up in error messages and profiles.
 * @param outputs by name. Every input that one of them needs becomes an input of the program; two inputs of one name are an error.
 */
export declare function compile(name: string, outputs: Readonly<Record<string, Tensor>>, options?: CompileOptions): Program;
/** A signature as ONNX describes it. */
export declare function valueInfo({ name, shape }: Signature): ValueInfoProto;
//# sourceMappingURL=compile.d.ts.map