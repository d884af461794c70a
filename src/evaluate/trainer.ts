// Training a network: gradients of batches from the engine, SGD with momentum here.

import type { Binding, Engine, Feeds, Program } from "../engine/types.ts";
import { DatadamError } from "../errors.ts";
import { type Arrays, initialBuffers, type NdArray, type Network } from "../nn/index.ts";
import { correctProgram, GRADIENT, STATISTIC, trainProgram } from "./programs.ts";
import type { TrainingState } from "./types.ts";

export interface SgdOptions {
  readonly lr: number;
  readonly momentum: number;
  readonly weightDecay: number;
}

/** Weight of a batch in running statistics (PyTorch's default). */
const STATISTICS_MOMENTUM = 0.1;

/** Images a message to a worker carries. Fixed, since the order of sums follows from it. */
const MESSAGE = 32;

/** Images from which on Winograd's filtering pays for transforming the weights in each run. */
const WORTH_FILTERING = 8;

/** Operations an image takes for each weight, below which what a run does once for each weight outweighs the cache. */
const WORTH_SPLITTING = 350;

let bindings = 0;

/** A network in training. Calls must not overlap. */
export class Trainer {
  readonly network: Network;
  /** As they are, over shared memory. */
  readonly parameters: Record<string, Float32Array>;
  readonly buffers: Record<string, Float32Array>;
  readonly #engine: Engine;
  #velocity: Record<string, Float32Array>;
  readonly #programs: Map<string, Program>;
  /** The parameters as they are, for testing; made when first needed after a step. */
  #binding: Binding | undefined;

  /** @param programs shared between trainers of one network: each shape is traced once. */
  constructor(network: Network, parameters: Arrays, engine: Engine, programs: Map<string, Program> = new Map()) {
    this.network = network;
    this.#engine = engine;
    this.#programs = programs;
    this.parameters = share(Object.fromEntries(network.parameters.map(({ name }) => [name, parameters[name]])));
    this.buffers = copy({
      ...initialBuffers(network),
      ...pick(
        parameters,
        network.buffers.map(({ name }) => name),
      ),
    });
    this.#velocity = zerosLike(this.parameters);
  }

  /** Copies of everything that steps change. */
  state(): Pick<TrainingState, "parameters" | "buffers" | "momentum"> {
    const named = (specs: Network["parameters"], data: Readonly<Record<string, Float32Array>>): Arrays =>
      Object.fromEntries(specs.map(({ name, shape }) => [name, { shape, data: data[name].slice() }]));
    const { parameters, buffers } = this.network;
    return {
      parameters: named(parameters, this.parameters),
      buffers: named(buffers, this.buffers),
      momentum: named(parameters, this.#velocity),
    };
  }

  /** @throws DatadamError `INVALID_RUN` where the state is not one of this network. */
  restore(state: Pick<TrainingState, "parameters" | "buffers" | "momentum">): void {
    const restoreAll = (into: Record<string, Float32Array>, from: Arrays): void => {
      for (const [name, array] of Object.entries(into)) {
        const found = from[name]?.data;
        if (found?.length !== array.length) {
          throw new DatadamError("INVALID_RUN", `the state to resume from does not fit ${this.network.name}: ${name}`);
        }
        array.set(found);
      }
    };
    restoreAll(this.parameters, state.parameters);
    restoreAll(this.buffers, state.buffers);
    restoreAll(this.#velocity, state.momentum);
    this.#binding = undefined;
  }

  /** Parameters and buffers as they are, with their shapes: views that the next step changes. */
  arrays(): Record<string, NdArray> {
    const values = { ...this.parameters, ...this.buffers };
    const specs = [...this.network.parameters, ...this.network.buffers];
    return Object.fromEntries(specs.map(({ name, shape }) => [name, { shape, data: values[name] }]));
  }

  /** Forgets momentum. */
  resetMomentum(): void {
    this.#velocity = zerosLike(this.parameters);
  }

  /**
   * One step on `images` (NCHW) with mean cross-entropy, against `soft` (probabilities [n, classes]) where given, else `labels`: `v = momentum v + (g + weightDecay p); p -= lr v`.
   *
   * @returns the loss before the step.
   */
  async step(
    images: Float32Array,
    labels: ArrayLike<number>,
    { lr, momentum, weightDecay }: SgdOptions,
    soft?: Float32Array,
  ): Promise<number> {
    const [outputs, ...rest] = await this.#gradients(images, labels, soft);
    this.#binding = undefined;
    const count = labels.length;
    for (const [name, p] of Object.entries(this.parameters)) {
      const g = total(outputs, rest, GRADIENT + name);
      const v = this.#velocity[name];
      for (let i = 0; i < p.length; i++) {
        v[i] = momentum * v[i] + (g[i] / count + weightDecay * p[i]);
        p[i] -= lr * v[i];
      }
    }
    for (const [name, buffer] of Object.entries(this.buffers)) {
      const statistic = total(outputs, rest, STATISTIC + name);
      for (let i = 0; i < buffer.length; i++) buffer[i] += STATISTICS_MOMENTUM * (statistic[i] - buffer[i]);
    }
    return total(outputs, rest, "loss")[0] / count;
  }

  /** How many of `images` are classified as `labels` say. */
  async correct(images: Float32Array, labels: ArrayLike<number>): Promise<number> {
    this.#binding ??= { id: `trained${bindings++}`, values: clone({ ...this.parameters, ...this.buffers }) };
    const parts = await this.#inParts("evaluate", this.#engine.forwardBatch, images, labels, {}, this.#binding);
    return parts.reduce((total, part) => total + part.correct[0], 0);
  }

  /** Sums over parts of the batch: `loss`, and the gradient of each parameter. */
  async #gradients(
    images: Float32Array,
    labels: ArrayLike<number>,
    soft: Float32Array | undefined,
  ): Promise<Record<string, Float32Array>[]> {
    const most = this.network.coupled ? labels.length : this.#imagesAtOnce();
    return this.#inParts("train", most, images, labels, this.parameters, undefined, soft);
  }

  /** Images that one run takes. Batch statistics need the whole batch in one; else parts add up. */
  #imagesAtOnce(): number {
    const { microBatch } = this.#engine;
    if (microBatch >= MESSAGE) return MESSAGE;
    const weights = Object.values(this.parameters).reduce((total, { length }) => total + length, 0);
    const perWeight = this.#program("train", microBatch).flops / microBatch / weights;
    return perWeight < WORTH_SPLITTING ? MESSAGE : microBatch;
  }

  /** Runs a program over parts of at most `most` images, several parts a message; gives each message's sums, in order. */
  #inParts(
    mode: "train" | "evaluate",
    most: number,
    images: Float32Array,
    labels: ArrayLike<number>,
    values: Readonly<Record<string, Float32Array>>,
    binding?: Binding,
    soft?: Float32Array,
  ): Promise<Record<string, Float32Array>[]> {
    const { classes, input: shape } = this.network;
    const size = shape.reduce((product, extent) => product * extent, 1);
    const message = mode === "train" ? Math.max(MESSAGE, most) : Math.max(16 * MESSAGE, most);
    const pending: Promise<Record<string, Float32Array>>[] = [];
    const submit = (start: number, count: number, length: number): void => {
      const program = this.#program(mode, length);
      const common = pick(
        values,
        program.inputs.map(({ name }) => name),
      );
      const batches: Feeds[] = [];
      for (let at = start; at < start + count; at += length) {
        const targets = soft ? soft.slice(at * classes, (at + length) * classes) : new Float32Array(length * classes);
        if (!soft) for (let i = 0; i < length; i++) targets[i * classes + labels[at + i]] = 1;
        batches.push({ images: images.slice(at * size, (at + length) * size), targets });
      }
      pending.push(this.#engine.sum(program, common, batches, binding));
    };
    for (let start = 0; start < labels.length; start += message) {
      const count = Math.min(message, labels.length - start);
      const whole = count - (count % most);
      if (whole > 0) submit(start, whole, most);
      if (whole < count) submit(start + whole, count - whole, count - whole);
    }
    return Promise.all(pending);
  }

  #program(mode: "train" | "evaluate", count: number): Program {
    const key = `${mode}${count}`;
    const cpu = this.#engine.device === "cpu";
    const trace = (): Program =>
      mode === "train"
        ? trainProgram(this.network, count, { winogradGradients: cpu && count >= WORTH_FILTERING, cpu })
        : correctProgram(this.network, count);
    const program = this.#programs.get(key) ?? trace();
    this.#programs.set(key, program);
    return program;
  }
}

/** The sum of an output over parts, in the first of them. */
function total(
  first: Readonly<Record<string, Float32Array>>,
  rest: readonly Readonly<Record<string, Float32Array>>[],
  name: string,
): Float32Array {
  const result = first[name];
  for (const part of rest) {
    const addend = part[name];
    for (let i = 0; i < result.length; i++) result[i] += addend[i];
  }
  return result;
}

function pick<T>(record: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> {
  return Object.fromEntries(names.flatMap((name) => (record[name] === undefined ? [] : [[name, record[name]]])));
}

/** Copies in memory that workers read without a copy of their own being sent. */
function share(arrays: Arrays): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, { data }]: [string, NdArray]) => {
      const shared = new Float32Array(new SharedArrayBuffer(4 * data.length));
      shared.set(data);
      return [name, shared];
    }),
  );
}

function copy(arrays: Arrays): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(arrays).map(([name, { data }]: [string, NdArray]) => [name, data.slice()]));
}

function clone(arrays: Readonly<Record<string, Float32Array>>): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(arrays).map(([name, data]) => [name, data.slice()]));
}

function zerosLike(arrays: Readonly<Record<string, Float32Array>>): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(arrays).map(([name, data]) => [name, new Float32Array(data.length)]));
}
