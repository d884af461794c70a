// Splits a program with bound inputs: what depends on them alone is computed once for each binding, not in each run.

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type GraphProto, ModelProtoSchema, type NodeProto, ValueInfoProtoSchema } from "onnx-buf";
import { elementType, valueInfo } from "../../tensor/index.ts";
import type { DType, Program } from "../types.ts";

export interface Hoisted {
  /** Computes `computed` from the bound inputs; `undefined` where there is nothing to compute. */
  readonly prelude: Uint8Array | undefined;
  /** What the main part takes from the prelude. */
  readonly computed: readonly string[];
  /** The bound inputs that the main part takes as they are. */
  readonly direct: readonly string[];
  /** The main part, which misses `computed` and `direct`. */
  readonly main: Uint8Array;
}

/** The program in one piece. */
export function whole({ model, bound }: Program<DType>): Hoisted {
  return { prelude: undefined, computed: [], direct: bound.map(({ name }) => name), main: model };
}

/** The program in two parts, which together compute what it computes, by the same operators. */
export function hoist(program: Program<DType>): Hoisted {
  const model = fromBinary(ModelProtoSchema, program.model);
  const graph = model.graph!;
  const outputs = new Set(graph.output.map(({ name }) => name));
  const early = earlyValues(graph, new Set(program.bound.map(({ name }) => name)), outputs);
  if (early.size === 0) return whole(program);

  const main = needed(graph.node, outputs, early);
  const taken = new Set(main.flatMap(({ input }) => input));
  const computed = [...early].filter((name) => taken.has(name));
  const direct = program.bound.map(({ name }) => name).filter((name) => taken.has(name));

  const prelude = fromBinary(ModelProtoSchema, program.model);
  const before = prelude.graph!;
  keep(before, needed(before.node, new Set(computed), new Set()));
  before.input = program.bound.map(valueInfo);
  before.output = computed.map((name) =>
    create(ValueInfoProtoSchema, {
      name,
      type: { value: { case: "tensorType", value: { elemType: elementType("float32") } } },
    }),
  );
  keep(graph, main);
  return {
    prelude: toBinary(ModelProtoSchema, prelude),
    computed,
    direct,
    main: toBinary(ModelProtoSchema, model),
  };
}

/** Values that depend on bound inputs, on no other input, and are no outputs of the program. */
function earlyValues(graph: GraphProto, bound: ReadonlySet<string>, outputs: ReadonlySet<string>): Set<string> {
  const late = new Set(graph.input.map(({ name }) => name));
  const early = new Set<string>();
  for (const { input, output } of graph.node) {
    if (input.some((name) => late.has(name)) || output.some((name) => outputs.has(name))) {
      for (const name of output) late.add(name);
    } else if (input.some((name) => early.has(name) || bound.has(name))) {
      for (const name of output) early.add(name);
    }
  }
  return early;
}

/** The nodes that compute `wanted`, in order, where `given` need not be computed. */
function needed(nodes: readonly NodeProto[], wanted: ReadonlySet<string>, given: ReadonlySet<string>): NodeProto[] {
  const open = new Set(wanted);
  const kept = nodes.toReversed().filter(({ input, output }) => {
    if (!output.some((name) => open.has(name) && !given.has(name))) return false;
    for (const name of input) open.add(name);
    return true;
  });
  return kept.reverse();
}

/** Leaves only these nodes, and the initialisers that they take. */
function keep(graph: GraphProto, nodes: NodeProto[]): void {
  const taken = new Set(nodes.flatMap(({ input }) => input));
  graph.node = nodes;
  graph.initializer = graph.initializer.filter(({ name }) => taken.has(name));
}
