// A program as an ONNX file for other runtimes: any number of images, opset 17, its values inside.

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProto_DataType,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "onnx-buf";
import type { Program } from "../../engine/types.ts";
import { int64Tensor } from "./emitter.ts";

/**
 * Images of a program that is traced for any number of them: a prime beyond all other extents, so that what is a
 * multiple of it is known to be the batch.
 */
export const ANY_BATCH = 1_000_000_007;

const OPSET = 17;
const IR_VERSION = 8;
/** The name of the batch in shapes. */
const BATCH_NAME = "n";
/** Operators whose axes are an attribute before opset 18. */
const REDUCTIONS = ["ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd"];

/** What becomes of a program's one input and one output. */
export interface PortableOptions {
  /** Values of the bound inputs, by name: they keep their names in the file. */
  readonly values: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>>;
  /** Type of the input; what is not float32 is cast. */
  readonly input: "uint8" | "float32";
  /** The output is the softmax of the program's, under this name. */
  readonly softmax: string;
  /** Said of the file. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Said of the file, for people. */
  readonly about: string;
}

/**
 * The bytes of an ONNX file (opset 17, IR 8) of a program that was traced for {@link ANY_BATCH} images: its input and
 * output have a first axis `n` of any length.
 *
 * @throws RangeError where the program does not treat its images alike, so that it cannot be of any number of them.
 */
export function portableModel(program: Program, options: PortableOptions): Uint8Array {
  const { values, softmax } = options;
  const [given, result] = [program.inputs[0], program.outputs[0]];
  if (program.inputs.length !== 1 || program.outputs.length !== 1) {
    throw new RangeError(`${program.name}: a file has one input and one output`);
  }
  const { graph } = fromBinary(ModelProtoSchema, program.model);
  const batch = new AnyBatch(program.name, given.name, graph!.initializer);
  const body = graph!.node.flatMap((node) => batch.node(node));
  const cast = options.input === "float32" ? undefined : "#cast";
  if (cast !== undefined) {
    for (const node of body) {
      // The number of images is taken from what is given: its type is no matter.
      if (node.opType !== "Shape") node.input = node.input.map((name) => (name === given.name ? cast : name));
    }
    body.unshift(
      create(NodeProtoSchema, {
        opType: "Cast",
        name: "Cast#cast",
        input: [given.name],
        output: [cast],
        attribute: [integer("to", TensorProto_DataType.FLOAT)],
      }),
    );
  }
  body.push(
    create(NodeProtoSchema, {
      opType: "Softmax",
      name: `Softmax${softmax}`,
      input: [result.name],
      output: [softmax],
      attribute: [integer("axis", -1)],
    }),
  );
  const used = new Set(body.flatMap((node) => node.input));
  const parameters = program.bound.map(({ name, shape }) => {
    const { data } = values[name];
    return create(TensorProtoSchema, {
      name,
      dataType: TensorProto_DataType.FLOAT,
      dims: shape.map(BigInt),
      rawData: new Uint8Array(data.slice().buffer),
    });
  });
  const type = options.input === "uint8" ? TensorProto_DataType.UINT8 : TensorProto_DataType.FLOAT;
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: BigInt(IR_VERSION),
      producerName: "datadam",
      docString: options.about,
      opsetImport: [{ domain: "", version: BigInt(OPSET) }],
      metadataProps: Object.entries(options.metadata).map(([key, value]) => ({ key, value })),
      graph: {
        name: program.name,
        node: body,
        initializer: [...parameters, ...batch.initializers.filter(({ name }) => used.has(name))],
        input: [anyShape(given.name, given.shape, type)],
        output: [anyShape(softmax, result.shape, TensorProto_DataType.FLOAT)],
      },
    }),
  );
}

/** Rewrites the nodes of a graph so that its batch may be of any length. */
class AnyBatch {
  readonly initializers: TensorProto[];
  readonly #name: string;
  readonly #input: string;
  /** The integers of each list of them, by name. */
  readonly #integers: ReadonlyMap<string, readonly number[]>;
  readonly #made = new Map<string, string>();

  constructor(name: string, input: string, initializers: readonly TensorProto[]) {
    this.#name = name;
    this.#input = input;
    this.initializers = [...initializers];
    const lists = initializers.filter(({ dataType }) => dataType === TensorProto_DataType.INT64);
    this.#integers = new Map(lists.map((tensor) => [tensor.name, integersOf(tensor)]));
  }

  /** What stands in place of a node. */
  node(node: NodeProto): NodeProto[] {
    if (REDUCTIONS.includes(node.opType) && node.input.length === 2) return [this.#reduction(node)];
    const at = node.input.findIndex((name) => this.#integers.get(name)?.some(isBatch));
    if (at < 0) return [node];
    const extents = this.#integers.get(node.input[at])!;
    const only = extents.filter(isBatch).length === 1;
    if (node.opType === "Reshape" && at === 1 && only) {
      return [withInput(node, 1, this.#list(extents.map((extent) => (isBatch(extent) ? -1 : extent))))];
    }
    if (node.opType === "Expand" && at === 1 && only && extents[0] === ANY_BATCH) {
      const [count, shape] = [`#count${node.output[0]}`, `#shape${node.output[0]}`];
      const first = [integer("start", 0), integer("end", 1)];
      return [
        create(NodeProtoSchema, {
          opType: "Shape",
          name: `Shape${count}`,
          input: [this.#input],
          output: [count],
          attribute: first,
        }),
        create(NodeProtoSchema, {
          opType: "Concat",
          name: `Concat${shape}`,
          input: [count, this.#list(extents.slice(1))],
          output: [shape],
          attribute: [integer("axis", 0)],
        }),
        withInput(node, 1, shape),
      ];
    }
    throw new RangeError(`${this.#name}: ${node.opType} is of a number of images that is fixed`);
  }

  #reduction(node: NodeProto): NodeProto {
    const axes = create(AttributeProtoSchema, {
      name: "axes",
      type: AttributeProto_AttributeType.INTS,
      ints: this.#integers.get(node.input[1])!.map(BigInt),
    });
    return create(NodeProtoSchema, { ...node, input: node.input.slice(0, 1), attribute: [...node.attribute, axes] });
  }

  /** The name of a list of integers. */
  #list(values: readonly number[]): string {
    const key = values.join();
    const name = this.#made.get(key) ?? `$any${this.#made.size}`;
    if (!this.#made.has(key)) this.initializers.push(int64Tensor(name, values, [values.length]));
    this.#made.set(key, name);
    return name;
  }
}

function isBatch(extent: number): boolean {
  return extent !== 0 && extent % ANY_BATCH === 0;
}

function integersOf({ rawData }: TensorProto): number[] {
  const bytes = rawData!.slice();
  return Array.from(new BigInt64Array(bytes.buffer), Number);
}

function withInput(node: NodeProto, at: number, name: string): NodeProto {
  return create(NodeProtoSchema, { ...node, input: node.input.with(at, name) });
}

function integer(name: string, value: number): ReturnType<typeof create<typeof AttributeProtoSchema>> {
  return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INT, i: BigInt(value) });
}

function anyShape(name: string, [, ...rest]: readonly number[], elemType: TensorProto_DataType): ValueInfoProto {
  const dim = [
    { value: { case: "dimParam" as const, value: BATCH_NAME } },
    ...rest.map((extent) => ({ value: { case: "dimValue" as const, value: BigInt(extent) } })),
  ];
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: "tensorType", value: { elemType, shape: { dim } } } },
  });
}
