// What a network is to the rest of the library: named parameters, and a function from tensors to tensors.

import type { Key } from "../random/index.ts";
import type { Tensor } from "../tensor/operations.ts";
import { sizeOf } from "../tensor/size.ts";

/** A plain float32 array with a shape: how parameters and images travel outside programs. */
export interface NdArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface ParameterSpec {
  /** Its name in the family's PyTorch `state_dict`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Uniform in [-bound, bound], normal about 0, or all equal. */
  readonly initial: { readonly bound: number } | { readonly std: number } | { readonly value: number };
}

/** Running statistics of a batch-normalised network: a state, not trained by gradients. */
export type BufferSpec = ParameterSpec;

export type Tensors = Readonly<Record<string, Tensor>>;
export type Arrays = Readonly<Record<string, NdArray>>;

export interface Forward {
  /** Activation maps in order, each `[n, c, h, w]`, before pooling. */
  readonly activations: readonly Tensor[];
  /** Flattened last features `[n, d]`. */
  readonly features: Tensor;
  /** `[n, classes]` */
  readonly logits: Tensor;
  /** Batch statistics to update buffers with, by buffer name; only in training mode, only with batch norm. */
  readonly statistics: Tensors;
  /**
   * What each batch norm normalises, by the prefix of its buffers' names, in order; only in evaluation mode. Without
   * it, a batch with batch statistics is computed in one piece.
   */
  readonly normalized?: Tensors;
}

export interface Network {
  /** e.g. `convnet`. */
  readonly name: string;
  /** Everything needed to build it again. */
  readonly options: Readonly<Record<string, unknown>>;
  /** `[channels, height, width]` of the images it takes. */
  readonly input: readonly [number, number, number];
  readonly classes: number;
  readonly parameters: readonly ParameterSpec[];
  readonly buffers: readonly BufferSpec[];
  /** Number of activation maps that `forward` gives; 0 where attention has nothing to match. */
  readonly activationCount: number;
  /** Whether statistics couple the images of a batch (batch norm): such a batch cannot be split. */
  readonly usesBatchStatistics: boolean;
  /**
   * @param values parameters (and, for evaluation mode, buffers) by name.
   * @param images `[n, channels, height, width]`.
   * @param mode   `train`: statistics of the batch; `evaluate`: running statistics.
   */
  forward(values: Tensors, images: Tensor, mode: "train" | "evaluate"): Forward;
}

/** Draws parameters in PyTorch's default distribution; each parameter from its own stream, keyed by its name. */
export function initialize(network: Network, key: Key): Record<string, NdArray> {
  return Object.fromEntries(network.parameters.map((spec) => [spec.name, draw(spec, key)]));
}

/** Running statistics of a network that has seen nothing. */
export function initialBuffers(network: Network): Record<string, NdArray> {
  return Object.fromEntries(
    network.buffers.map(({ name, shape, initial }) => [name, filled(shape, "value" in initial ? initial.value : 0)]),
  );
}

function draw({ name, shape, initial }: ParameterSpec, key: Key): NdArray {
  if ("value" in initial) return filled(shape, initial.value);
  const data = new Float32Array(sizeOf(shape));
  const stream = key.fold(name).stream();
  if ("bound" in initial) return { shape, data: stream.fillUniform(data, -initial.bound, initial.bound) };
  return { shape, data: stream.fillNormal(data).map((value) => initial.std * value) };
}

function filled(shape: readonly number[], value: number): NdArray {
  return { shape, data: new Float32Array(sizeOf(shape)).fill(value) };
}

/**
 * Parameters (and running statistics) from named tensors, such as those of a `state_dict` saved as safetensors:
 * `loadParameters(network, decodeSafetensors(bytes).tensors)`.
 *
 * @throws RangeError naming every tensor that is missing, unknown, misshapen or not float32.
 */
export function loadParameters(
  network: Network,
  tensors: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: unknown }>>,
): Record<string, NdArray> {
  const arrays: Record<string, NdArray> = {};
  const other: string[] = [];
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    // A counter of batches, int64, that nothing here needs.
    if (name.endsWith("num_batches_tracked")) continue;
    if (data instanceof Float32Array) arrays[name] = { shape, data };
    else other.push(name);
  }
  if (other.length > 0) throw new RangeError(`parameters of ${network.name}: ${other.join(", ")} must be float32`);
  const data = checkParameters(network, arrays);
  const shapes = [...network.parameters, ...network.buffers].map(({ name, shape }) => [name, shape] as const);
  return Object.fromEntries(
    shapes.flatMap(([name, shape]) => (data[name] === undefined ? [] : [[name, { shape, data: data[name] }]])),
  );
}

/**
 * Checks arrays against a network's parameters (buffers may be absent): all there, nothing else, shapes equal. Gives
 * their data by name. The weights of a layer norm over maps may be by channel, `[c]` for `[c, h, w]`.
 *
 * @throws RangeError naming every parameter that is missing, unknown or misshapen.
 */
export function checkParameters(network: Network, arrays: Arrays): Record<string, Float32Array> {
  const problems: string[] = [];
  const specs = new Map([...network.parameters, ...network.buffers].map((spec) => [spec.name, spec]));
  for (const { name } of network.parameters) if (arrays[name] === undefined) problems.push(`${name} is missing`);
  for (const [name, { shape }] of specs) {
    const array = arrays[name];
    if (array === undefined || isPerChannel(array, shape)) continue;
    if (array.shape.join() !== shape.join()) {
      problems.push(`${name} is [${array.shape.join(", ")}], not [${shape.join(", ")}]`);
    } else if (array.data.length !== sizeOf(shape)) {
      problems.push(`${name} has ${array.data.length} numbers for [${shape.join(", ")}]`);
    }
  }
  for (const name of Object.keys(arrays)) {
    if (!specs.has(name) && !name.endsWith("num_batches_tracked")) problems.push(`${name} is not a parameter`);
  }
  if (problems.length > 0) throw new RangeError(`parameters do not fit ${network.name}: ${problems.join("; ")}`);
  return Object.fromEntries(
    Object.entries(arrays).flatMap(([name, array]) => {
      const spec = specs.get(name);
      if (spec === undefined) return [];
      return [[name, isPerChannel(array, spec.shape) ? repeated(array.data, sizeOf(spec.shape)) : array.data]];
    }),
  );
}

/**
 * A layer norm's weights by channel, as a group norm of one group has them, where the network has one for each element.
 */
function isPerChannel({ shape, data }: NdArray, [channels, ...sides]: readonly number[]): boolean {
  return sides.length === 2 && shape.length === 1 && shape[0] === channels && data.length === channels;
}

/** Each number as often as fills `size`. */
function repeated(data: Float32Array, size: number): Float32Array {
  const times = size / data.length;
  return Float32Array.from({ length: size }, (_, i) => data[Math.floor(i / times)]);
}
