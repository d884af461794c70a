// Collects ONNX nodes and initialisers while a graph is walked. Names are short, deterministic, and no valid input
// name.

import { create } from "@bufbuild/protobuf";
import {
  type AttributeProto,
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProto_DataType,
  TensorProtoSchema,
} from "onnx-buf";

/** An attribute's value. `{ float }` marks real numbers, since 1 and 1.0 are one in JavaScript. */
export type AttributeValue = number | string | readonly number[] | { readonly float: number };

export interface EmitterOptions {
  /** Whether convolutions may use Winograd's filtering: half the products, a little more rounding. */
  readonly winograd?: boolean;
  /** The same for the gradients of convolutions with respect to their inputs. */
  readonly winogradGradients?: boolean;
  /**
   * Whether convolutions that are differentiated may use F(2, 3): a half more rounding than the definition's, before
   * masks.
   */
  readonly winogradForward?: boolean;
  /** For ONNX Runtime's CPU provider alone: an operation that others lack, and products that are wider for it. */
  readonly cpu?: boolean;
}

/** Constants up to this size are shared where equal. */
const SHARED_BYTES = 2 ** 17;

export class Emitter {
  readonly winograd: boolean;
  readonly winogradGradients: boolean;
  readonly winogradForward: boolean;
  readonly cpu: boolean;
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  readonly #shared = new Map<string, string>();
  readonly #sharedNodes = new Map<string, readonly string[]>();
  #count = 0;

  constructor(options: EmitterOptions = {}) {
    const { winograd = false, winogradGradients = false, winogradForward = false, cpu = false } = options;
    this.winograd = winograd;
    this.winogradGradients = winogradGradients;
    this.winogradForward = winogradForward;
    this.cpu = cpu;
  }

  /** Adds one ONNX operator, unless an equal one is there; gives the name of its first output. */
  node(operator: string, inputs: readonly string[], attributes: Readonly<Record<string, AttributeValue>> = {}): string {
    return this.nodeOf(1, operator, inputs, attributes)[0];
  }

  /** The same for an operator with several outputs: the names of the first `count`. */
  nodeOf(
    count: number,
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>>,
  ): readonly string[] {
    const key = `${count}${operator}|${inputs.join(",")}|${JSON.stringify(attributes)}`;
    const known = this.#sharedNodes.get(key);
    if (known !== undefined) return known;
    const output = Array.from({ length: count }, () => `#${this.#count++}`);
    this.#sharedNodes.set(key, output);
    this.nodes.push(
      create(NodeProtoSchema, {
        opType: operator,
        name: `${operator}${output[0]}`,
        input: [...inputs],
        output,
        attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
      }),
    );
    return output;
  }

  float32(data: Float32Array, dims: readonly number[]): string {
    return this.#initializer(TensorProto_DataType.FLOAT, new Uint8Array(data.slice().buffer), dims);
  }

  /** Integer arguments of operators (shapes, axes, starts): shared where equal. */
  int64(values: readonly number[], dims: readonly number[] = [values.length]): string {
    return this.#initializer(TensorProto_DataType.INT64, int64Bytes(values), dims);
  }

  scalar(value: number): string {
    return this.float32(Float32Array.of(value), []);
  }

  /** Makes `name` available as the output `output`, which it keeps even if another output is the same value. */
  rename(name: string, output: string): void {
    this.nodes.push(
      create(NodeProtoSchema, { opType: "Identity", name: `output_${output}`, input: [name], output: [output] }),
    );
  }

  #initializer(dataType: TensorProto_DataType, rawData: Uint8Array<ArrayBuffer>, dims: readonly number[]): string {
    const key = rawData.length <= SHARED_BYTES ? `${dataType}:${dims.join(",")}:${rawData.join(",")}` : undefined;
    const known = key === undefined ? undefined : this.#shared.get(key);
    if (known !== undefined) return known;
    const name = `$${this.initializers.length}`;
    this.initializers.push(create(TensorProtoSchema, { name, dataType, dims: dims.map(BigInt), rawData }));
    if (key !== undefined) this.#shared.set(key, name);
    return name;
  }
}

function int64Bytes(values: readonly number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
}

/** A named list of integers. */
export function int64Tensor(name: string, values: readonly number[], dims: readonly number[]): TensorProto {
  const rawData = int64Bytes(values);
  return create(TensorProtoSchema, { name, dataType: TensorProto_DataType.INT64, dims: dims.map(BigInt), rawData });
}

function attribute(name: string, value: AttributeValue): AttributeProto {
  const proto = create(AttributeProtoSchema, { name });
  if (typeof value === "number") {
    proto.type = AttributeProto_AttributeType.INT;
    proto.i = BigInt(value);
  } else if (typeof value === "string") {
    proto.type = AttributeProto_AttributeType.STRING;
    proto.s = new TextEncoder().encode(value);
  } else if ("float" in value) {
    proto.type = AttributeProto_AttributeType.FLOAT;
    proto.f = value.float;
  } else {
    proto.type = AttributeProto_AttributeType.INTS;
    proto.ints = value.map(BigInt);
  }
  return proto;
}
