// A session's optimised model without its weights: how ONNX Runtime lays out constants is found once, by compiling
// constants that say where they come from; any weights can then be laid out the same way, and fed.

import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, type TensorProto, TensorProto_DataLocation, TensorProto_DataType } from "onnx-buf";
import { valueInfo } from "../../tensor/index.ts";
import { sizeOf } from "../../tensor/size.ts";
import { bindConstants, type NamedArray } from "./bind.ts";

/** Numbers of all constants, above which no template is made: finding it takes several times their memory. */
const MOST_NUMBERS = 2 ** 24;

/**
 * The bits of a number that stands for a place: tiny, or huge, negative and the other way about. Copies have the bits
 * of one place under both. Whatever computes with the numbers, be it a sum, a product or a maximum, has not.
 */
const tiny = (place: number): number => 0x00800000 + place;
const huge = (place: number): number => 0xff000000 - place;

/** A constant as the optimised model has it. */
export interface LaidOut {
  readonly name: string;
  readonly shape: readonly number[];
  /** For each of its numbers, where it is among those of all arrays, one after another, from 1 on; 0: it is zero. */
  readonly from: Uint32Array;
}

/** A model of which these are inputs, to be loaded without optimisation. */
export interface Template {
  readonly model: Uint8Array;
  readonly constants: readonly LaidOut[];
}

/**
 * The template of a model that misses `arrays`.
 *
 * @param optimise compiles a model, and gives it back as compiled.
 * @returns `undefined` where a constant is not a rearrangement of numbers of the arrays and zeros, or cannot be found.
 */
export async function findTemplate(
  model: Uint8Array,
  arrays: readonly Omit<NamedArray, "data">[],
  optimise: (model: Uint8Array) => Promise<Uint8Array>,
): Promise<Template | undefined> {
  const total = arrays.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (total > MOST_NUMBERS) return undefined;
  const compile = async (bitsOf: (place: number) => number): Promise<Optimised> =>
    read(await optimise(bindConstants(model, numbered(arrays, bitsOf))));
  const first = await compile(tiny);
  const second = await compile(huge);
  const constants: LaidOut[] = [];
  for (const [name, a] of first.constants) {
    const b = second.constants.get(name);
    if (b === undefined || b.bits.length !== a.bits.length) return undefined;
    if (same(a.bits, b.bits)) continue;
    const from = placesOf(a.bits, b.bits, total);
    if (from === undefined) return undefined;
    constants.push({ name, shape: a.shape, from });
  }
  const names = new Set(constants.map(({ name }) => name));
  const [stripped, other] = [first, second].map((optimised) => withInputs(optimised, constants, names));
  return same(stripped, other) ? { model: stripped, constants } : undefined;
}

/** All arrays of a layout, one after another from 1 on, after a zero; used again. */
let line = new Float32Array(1);

/** Writes the constants of a template: `targets` in their order, of any numbers before. */
export function layOut(
  arrays: readonly NamedArray[],
  constants: readonly LaidOut[],
  targets: readonly Float32Array[],
): void {
  const total = arrays.reduce((sum, { data }) => sum + data.length, 0);
  if (line.length <= total) line = new Float32Array(1 + total);
  let start = 1;
  for (const { data } of arrays) {
    line.set(data, start);
    start += data.length;
  }
  for (const [i, { from }] of constants.entries()) {
    const target = targets[i];
    for (let j = 0; j < target.length; j++) target[j] = line[from[j]];
  }
}

/** The arrays, each number of which has the bits of its place. */
function numbered(arrays: readonly Omit<NamedArray, "data">[], bitsOf: (place: number) => number): NamedArray[] {
  let place = 1;
  return arrays.map(({ name, shape }) => {
    const bits = new Uint32Array(sizeOf(shape));
    for (let i = 0; i < bits.length; i++) bits[i] = bitsOf(place++);
    return { name, shape, data: new Float32Array(bits.buffer) };
  });
}

/** The places of which these are the bits, 0 for zeros; `undefined` where they are of none. */
function placesOf(first: Uint32Array, second: Uint32Array, total: number): Uint32Array | undefined {
  const from = new Uint32Array(first.length);
  for (let i = 0; i < first.length; i++) {
    if (first[i] === 0 && second[i] === 0) continue;
    const place = first[i] - tiny(0);
    if (place < 1 || place > total || second[i] !== huge(place)) return undefined;
    from[i] = place;
  }
  return from;
}

interface Optimised {
  readonly model: ReturnType<typeof parse>;
  /** Its float32 constants. */
  readonly constants: ReadonlyMap<string, { readonly shape: readonly number[]; readonly bits: Uint32Array }>;
}

const parse = (bytes: Uint8Array) => fromBinary(ModelProtoSchema, bytes);

function read(bytes: Uint8Array): Optimised {
  const model = parse(bytes);
  const constants = model
    .graph!.initializer.filter(({ dataType }) => dataType === TensorProto_DataType.FLOAT)
    .map((tensor) => [tensor.name, { shape: tensor.dims.map(Number), bits: bitsOf(tensor) }] as const);
  return { model, constants: new Map(constants) };
}

/** @throws Error for data that are not in the model. */
function bitsOf({ name, dims, dataLocation, rawData, floatData }: TensorProto): Uint32Array {
  const data = rawData.length > 0 ? new Float32Array(new Uint8Array(rawData).buffer) : Float32Array.from(floatData);
  if (dataLocation === TensorProto_DataLocation.EXTERNAL || data.length !== sizeOf(dims.map(Number))) {
    throw new Error(`constant ${name} is not in the optimised model`);
  }
  return new Uint32Array(data.buffer);
}

/** In one order, and without names of nodes, which ONNX Runtime numbers differently each time. */
function withInputs({ model }: Optimised, constants: readonly LaidOut[], names: ReadonlySet<string>): Uint8Array {
  const graph = model.graph!;
  for (const node of graph.node) node.name = "";
  graph.initializer = graph.initializer
    .filter(({ name }) => !names.has(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  graph.input.push(...constants.map(({ name, shape }) => valueInfo({ name, shape, dtype: "float32" })));
  return toBinary(ModelProtoSchema, model);
}

function same(a: Uint8Array | Uint32Array, b: Uint8Array | Uint32Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
