// Writes a traced graph as an ONNX model.

import { create, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, TensorProto_DataType, type ValueInfoProto, ValueInfoProtoSchema } from "onnx-buf";
import type { DType, Program, Signature } from "../engine/types.ts";
import { topological } from "./grad.ts";
import { Emitter, type EmitterOptions } from "./onnx/emitter.ts";
import { isInput, type Tensor } from "./tensor.ts";

const OPSET = 18;
const IR_VERSION = 9;

export interface CompileOptions extends EmitterOptions {
  /** Names of the inputs whose values stay for many runs (see `Binding`). Default: none. */
  readonly bound?: readonly string[];
}

/**
 * The program that computes `outputs` from the inputs they were traced from.
 *
 * @param name    shows up in error messages and profiles.
 * @param outputs by name. Every input that one of them needs becomes an input of the program; two inputs of one name
 *   are an error.
 */
export function compile(
  name: string,
  outputs: Readonly<Record<string, Tensor>>,
  options: CompileOptions = {},
): Program {
  const emitter = new Emitter(options);
  const names = new Map<Tensor, string>();
  const inputs: Signature<"float32">[] = [];
  const bound: Signature<"float32">[] = [];
  let flops = 0;
  for (const node of topological(Object.values(outputs))) {
    if (isInput(node)) {
      const inputName = node.attributes.name as string;
      if ([...inputs, ...bound].some((known) => known.name === inputName)) {
        throw new RangeError(`compile: program ${name} has two inputs named "${inputName}"`);
      }
      const list = options.bound?.includes(inputName) === true ? bound : inputs;
      list.push({ name: inputName, shape: node.shape, dtype: "float32" });
    }
    const sources = node.inputs.map((source) => names.get(source)!);
    names.set(node, node.primitive.emit(emitter, sources, node));
    flops += node.primitive.flops?.(node) ?? 0;
  }
  const signatures: Signature<"float32">[] = [];
  for (const [output, node] of Object.entries(outputs)) {
    if ([...inputs, ...bound].some((known) => known.name === output)) {
      throw new RangeError(`compile: program ${name} has an input and an output named "${output}"`);
    }
    emitter.rename(names.get(node)!, output);
    signatures.push({ name: output, shape: node.shape, dtype: "float32" });
  }
  const model = toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: BigInt(IR_VERSION),
      producerName: "datadam",
      opsetImport: [{ domain: "", version: BigInt(OPSET) }],
      graph: {
        name,
        node: emitter.nodes,
        initializer: emitter.initializers,
        input: inputs.map(valueInfo),
        output: signatures.map(valueInfo),
      },
    }),
  );
  // The model does not contain bound inputs.
  const rest = new TextEncoder().encode(JSON.stringify(bound));
  return {
    id: `${name}-${model.length}-${hash(model)}-${hash(rest)}`,
    name,
    inputs,
    bound,
    outputs: signatures,
    model,
    flops,
    memory: peakBytes(Object.values(outputs)),
  };
}

/** Bytes of all tensors at the worst moment, each being freed after its last use. */
function peakBytes(outputs: readonly Tensor[]): number {
  const order = topological(outputs);
  const last = new Map<Tensor, Tensor>();
  for (const node of order) for (const source of node.inputs) last.set(source, node);
  let [now, peak] = [0, 0];
  for (const node of order) {
    now += 4 * node.size;
    peak = Math.max(peak, now);
    for (const source of new Set(node.inputs)) {
      if (last.get(source) === node && !outputs.includes(source)) now -= 4 * source.size;
    }
  }
  return peak;
}

/** How ONNX names the type of numbers. */
export function elementType(dtype: DType): TensorProto_DataType {
  return dtype === "float64" ? TensorProto_DataType.DOUBLE : TensorProto_DataType.FLOAT;
}

/** A signature as ONNX describes it. */
export function valueInfo({ name, shape, dtype }: Signature): ValueInfoProto {
  return create(ValueInfoProtoSchema, {
    name,
    type: {
      value: {
        case: "tensorType",
        value: {
          elemType: elementType(dtype),
          shape: { dim: shape.map((extent) => ({ value: { case: "dimValue" as const, value: BigInt(extent) } })) },
        },
      },
    },
  });
}

/** FNV-1a twice, from two starts: 64 bits are plenty to tell the programs of one process apart. */
function hash(bytes: Uint8Array): string {
  let [low, high] = [0x811c9dc5, 0x01000193];
  for (const byte of bytes) {
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul(high ^ byte, 0x85ebca6b) ^ (high >>> 15);
  }
  return (low >>> 0).toString(16).padStart(8, "0") + (high >>> 0).toString(16).padStart(8, "0");
}
