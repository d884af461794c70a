// Completes a model whose bound inputs are missing: as constants, or as further inputs.

import { create, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import { elementType, valueInfo } from "../../tensor/index.ts";
import type { DType, Program } from "../types.ts";

/** An array with a name and a shape. */
export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * The model with arrays as constants. Serialised messages are concatenated: by protobuf's merge rule the second one's
 * initialisers join those of the first.
 */
export function bindConstants(model: Uint8Array, arrays: readonly NamedArray[]): Uint8Array {
  const initializer = arrays.map(({ name, shape, data: { buffer, byteOffset, byteLength } }) => ({
    name,
    dataType: elementType("float32"),
    dims: shape.map(BigInt),
    rawData: new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength),
  }));
  return join(model, toBinary(ModelProtoSchema, create(ModelProtoSchema, { graph: { initializer } })));
}

/** The model with bound inputs as inputs. */
export function bindInputs(program: Program<DType>): Uint8Array {
  if (program.bound.length === 0) return program.model;
  return join(
    program.model,
    toBinary(ModelProtoSchema, create(ModelProtoSchema, { graph: { input: program.bound.map(valueInfo) } })),
  );
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
