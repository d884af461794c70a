// Completes a program that has bound inputs: as constants, or as further inputs.

import { create, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import { elementType, valueInfo } from "../tensor/index.ts";
import type { DType, Feeds, Program } from "./types.ts";

/**
 * The model with bound inputs as constants. Serialised messages are concatenated: by protobuf's merge rule the second
 * one's initialisers join those of the first.
 */
export function bindConstants(program: Program<DType>, values: Feeds<DType>): Uint8Array {
  const initializer = program.bound.map(({ name, shape, dtype }) => {
    const { buffer, byteOffset, byteLength } = values[name];
    return {
      name,
      dataType: elementType(dtype),
      dims: shape.map(BigInt),
      rawData: new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength),
    };
  });
  return join(program.model, toBinary(ModelProtoSchema, create(ModelProtoSchema, { graph: { initializer } })));
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
