// Finds the operation that a back end lacks: ONNX Runtime refuses a program without naming it.

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, TensorProto_DataType, type ValueInfoProto, ValueInfoProtoSchema } from "onnx-buf";

/**
 * Operator of the first node of `model` that `accepts` refuses, by bisection over the beginnings of the model.
 * `undefined` where no beginning is refused.
 */
export async function firstRefused(
  model: Uint8Array,
  accepts: (model: Uint8Array) => Promise<boolean>,
): Promise<string | undefined> {
  const nodes = fromBinary(ModelProtoSchema, model).graph!.node;
  const refused = async (length: number): Promise<boolean> => {
    const beginning = fromBinary(ModelProtoSchema, model);
    const graph = beginning.graph!;
    graph.node = graph.node.slice(0, length);
    // Every value is an output, so that no node is optimised away. Boolean values cannot be recognised here; they are
    // outputs of comparisons, which every back end has.
    graph.output = graph.node.flatMap(({ opType, output }) => (COMPARISONS.has(opType) ? [] : output)).map(floatOutput);
    return !(await accepts(toBinary(ModelProtoSchema, beginning)));
  };
  let [low, high] = [0, nodes.length];
  if (!(await refused(high))) return undefined;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (await refused(middle)) high = middle;
    else low = middle;
  }
  return nodes[high - 1].opType;
}

const COMPARISONS: ReadonlySet<string> = new Set(["Equal", "Greater", "Less"]);

function floatOutput(name: string): ValueInfoProto {
  const type = { value: { case: "tensorType" as const, value: { elemType: TensorProto_DataType.FLOAT } } };
  return create(ValueInfoProtoSchema, { name, type });
}
