// One ONNX model, `c = a b^T` with free sizes, in either precision.

import { create, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProto_DataType,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "onnx-buf";

/** Serialised ModelProto: inputs `a [m, k]` and `b [n, k]`, output `c [m, n]`. */
export function multiplyModel(dtype: "float32" | "float64"): Uint8Array {
  const elemType = dtype === "float32" ? TensorProto_DataType.FLOAT : TensorProto_DataType.DOUBLE;
  const matrix = (name: string, dims: readonly string[]): ValueInfoProto => {
    const dim = dims.map((value) => create(TensorShapeProto_DimensionSchema, { value: { case: "dimParam", value } }));
    const tensor = create(TypeProto_TensorSchema, { elemType, shape: create(TensorShapeProtoSchema, { dim }) });
    return create(ValueInfoProtoSchema, {
      name,
      type: create(TypeProtoSchema, { value: { case: "tensorType", value: tensor } }),
    });
  };
  const transB = create(AttributeProtoSchema, { name: "transB", type: AttributeProto_AttributeType.INT, i: 1n });
  const node = create(NodeProtoSchema, { opType: "Gemm", input: ["a", "b"], output: ["c"], attribute: [transB] });
  const graph = create(GraphProtoSchema, {
    name: "multiply",
    node: [node],
    input: [matrix("a", ["m", "k"]), matrix("b", ["n", "k"])],
    output: [matrix("c", ["m", "n"])],
  });
  const opset = create(OperatorSetIdProtoSchema, { version: 17n });
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n, opsetImport: [opset], graph }));
}
