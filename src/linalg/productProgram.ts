// A matrix product as a program of the engine.

import { create, toBinary } from "@bufbuild/protobuf";
import { AttributeProto_AttributeType, ModelProtoSchema } from "onnx-buf";
import type { DType, Program, Signature } from "../engine/types.ts";
import { valueInfo } from "../tensor/index.ts";

/** Inputs `a [m, k]` and `b [n, k]`, output `c [m, n] = a bᵀ`: one ONNX Gemm, on one thread. */
export function productProgram<D extends DType>(dtype: D, m: number, k: number, n: number): Program<D> {
  const signature = (name: string, ...shape: number[]): Signature<D> => ({ name, shape, dtype });
  const inputs = [signature("a", m, k), signature("b", n, k)];
  const outputs = [signature("c", m, n)];
  const model = create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [{ version: 17n }],
    graph: {
      name: "product",
      node: [
        {
          opType: "Gemm",
          input: ["a", "b"],
          output: ["c"],
          attribute: [{ name: "transB", type: AttributeProto_AttributeType.INT, i: 1n }],
        },
      ],
      input: inputs.map(valueInfo),
      output: outputs.map(valueInfo),
    },
  });
  return {
    id: `product-${dtype}-${m}x${k}x${n}`,
    name: "product",
    inputs,
    bound: [],
    outputs,
    model: toBinary(ModelProtoSchema, model),
    flops: 2 * m * k * n,
  };
}
