// Completes a program that has bound inputs: as constants, or as further inputs.
import { create, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, TensorProto_DataType } from "onnx-buf";
import { valueInfo } from "../tensor/index.js";
/**
 * The model with bound inputs as constants. Serialised messages are concatenated: by protobuf's merge rule the second
 * one's initialisers join those of the first.
 */
export function bindConstants(program, values) {
    const initializer = program.bound.map(({ name, shape }) => {
        const { buffer, byteOffset, byteLength } = values[name];
        return {
            name,
            dataType: TensorProto_DataType.FLOAT,
            dims: shape.map(BigInt),
            rawData: new Uint8Array(buffer, byteOffset, byteLength),
        };
    });
    return join(program.model, toBinary(ModelProtoSchema, create(ModelProtoSchema, { graph: { initializer } })));
}
/** The model with bound inputs as inputs. */
export function bindInputs(program) {
    if (program.bound.length === 0)
        return program.model;
    return join(program.model, toBinary(ModelProtoSchema, create(ModelProtoSchema, { graph: { input: program.bound.map(valueInfo) } })));
}
function join(a, b) {
    const joined = new Uint8Array(a.length + b.length);
    joined.set(a);
    joined.set(b, a.length);
    return joined;
}
//# sourceMappingURL=bind.js.map