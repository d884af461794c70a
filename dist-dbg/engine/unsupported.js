// Finds the operation that a back end lacks: ONNX Runtime refuses a program without naming it.
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, TensorProto_DataType, ValueInfoProtoSchema } from "onnx-buf";
/**
 * Operator of the first node of `model` that `accepts` refuses, by bisection over the beginnings of the model.
 * `undefined` where no beginning is refused.
 */
export async function firstRefused(model, accepts) {
    const nodes = fromBinary(ModelProtoSchema, model).graph.node;
    const refused = async (length) => {
        const beginning = fromBinary(ModelProtoSchema, model);
        const graph = beginning.graph;
        graph.node = graph.node.slice(0, length);
        // Every value is an output, so that no node is optimised away. Boolean values cannot be told apart here; they are
        // outputs of comparisons, which every back end has.
        graph.output = graph.node.flatMap(({ opType, output }) => (COMPARISONS.has(opType) ? [] : output)).map(floatOutput);
        return !(await accepts(toBinary(ModelProtoSchema, beginning)));
    };
    let [low, high] = [0, nodes.length];
    if (!(await refused(high)))
        return undefined;
    while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (await refused(middle))
            high = middle;
        else
            low = middle;
    }
    return nodes[high - 1].opType;
}
const COMPARISONS = new Set(["Equal", "Greater", "Less"]);
function floatOutput(name) {
    const type = { value: { case: "tensorType", value: { elemType: TensorProto_DataType.FLOAT } } };
    return create(ValueInfoProtoSchema, { name, type });
}
//# sourceMappingURL=unsupported.js.map