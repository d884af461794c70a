// Training a network by SGD with momentum: the engine computes gradients of batches, and makes the steps.

import {
  DIVIDED_STEP_PARAMETERS,
  flopsPerWeight,
  LIGHT_FLOPS_PER_WEIGHT,
  LIGHT_MESSAGE_IMAGES,
  LIGHT_THREADS,
  MESSAGE_IMAGES,
  MICRO_BATCH_FLOPS_PER_WEIGHT,
  WINOGRAD_IMAGES,
} from "../engine/costModel.ts";
import type { Binding, Descent, Engine, Feeds, Program } from "../engine/types.ts";
import { DatadamError } from "../errors.ts";
import { type Arrays, checkParameters, initialBuffers, type NdArray, type Network } from "../nn/index.ts";
import { sizeOf } from "../tensor/size.ts";
import { correctProgram, STATISTIC, trainProgram } from "./programs.ts";
import { oneHot } from "./targets.ts";
import { TrainingMemory } from "./trainingMemory.ts";
import type { TrainingState } from "./types.ts";

export interface SgdOptions {
  readonly lr: number;
  readonly momentum: number;
  readonly weightDecay: number;
}

/** Weight of a batch in running statistics (PyTorch's default). */
const STATISTICS_MOMENTUM = 0.1;

type Mode = "train" | "evaluate" | "answers";

/** Numbers the parameters that are tested. */
let bindings = 0;

/** A network in training. Calls must not overlap. */
export class Trainer {
  readonly network: Network;
  readonly buffers: Record<string, Float32Array>;
  readonly #engine: Engine;
  readonly #memory: TrainingMemory;
  readonly #programs: Map<string, Program>;
  readonly #threads: number;
  /** Whether callers have the arrays of the parameters, and may have written to them. */
  #exposed = false;
  /**
   * The parameters as they are, for testing; made when first needed after a step, or each time where others can write
   * to them.
   */
  #binding: Binding | undefined;

  /**
   * @param programs shared between trainers of one network (and of as many `threads`): each shape is traced once.
   * @param threads that share the work of a batch which cannot be cut, as batch norm's; on a CPU. Default 1: several
   *   networks at a time gain nothing by more. The last bits of results depend on it.
   * @throws RangeError where the parameters (and running statistics, if they are given) do not fit the network.
   */
  constructor(
    network: Network,
    parameters: Arrays,
    engine: Engine,
    programs: Map<string, Program> = new Map(),
    threads: number = 1,
  ) {
    this.network = network;
    this.#threads = threads;
    this.#engine = engine;
    this.#programs = programs;
    this.#memory = new TrainingMemory(network);
    const given = checkParameters(network, parameters);
    for (const [name, shared] of Object.entries(this.#memory.parameters)) shared.set(given[name]);
    this.buffers = copy(initialBuffers(network));
    for (const [name, buffer] of Object.entries(this.buffers)) if (given[name] !== undefined) buffer.set(given[name]);
  }

  /** As they are, over shared memory. */
  get parameters(): Record<string, Float32Array> {
    this.#exposed = true;
    return this.#memory.parameters;
  }

  /** Copies of everything that steps change. */
  state(): Pick<TrainingState, "parameters" | "buffers" | "momentum"> {
    const named = (specs: Network["parameters"], data: Readonly<Record<string, Float32Array>>): Arrays =>
      Object.fromEntries(specs.map(({ name, shape }) => [name, { shape, data: data[name].slice() }]));
    const { parameters, buffers } = this.network;
    return {
      parameters: named(parameters, this.#memory.parameters),
      buffers: named(buffers, this.buffers),
      momentum: named(parameters, this.#memory.velocity),
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
    restoreAll(this.#memory.parameters, state.parameters);
    restoreAll(this.buffers, state.buffers);
    restoreAll(this.#memory.velocity, state.momentum);
    this.#memory.changed();
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
    for (const velocity of Object.values(this.#memory.velocity)) velocity.fill(0);
    this.#memory.changed();
  }

  /**
   * One step on `images` (NCHW) with mean cross-entropy, against `soft` (probabilities [n, classes]) where given, else
   * `labels`: `v = momentum v + (g + weightDecay p); p -= lr v`.
   *
   * @returns the loss before the step.
   * @throws RangeError where images, labels and the network do not fit each other, and for an option that is no finite
   * number.
   */
  async step(
    images: Float32Array,
    labels: ArrayLike<number>,
    { lr, momentum, weightDecay }: SgdOptions,
    soft?: Float32Array,
  ): Promise<number> {
    const count = labels.length;
    this.#check(images, count);
    for (const [option, value] of Object.entries({ lr, momentum, weightDecay })) {
      if (Number.isFinite(value)) continue;
      throw new RangeError(`${this.network.name}: ${option} must be a finite number, got ${value}`);
    }
    const parts = this.#partsOf(count);
    await this.#descend(parts, images, this.#targets(labels, soft), { lr, momentum, weightDecay, count });
    this.#binding = undefined;
    for (const [name, buffer] of Object.entries(this.buffers)) {
      const statistic = this.#memory.total(STATISTIC + name, buffer.length, parts.length);
      for (let i = 0; i < buffer.length; i++) buffer[i] += STATISTICS_MOMENTUM * (statistic[i] - buffer[i]);
    }
    return this.#memory.total("loss", 1, parts.length)[0] / count;
  }

  /** How many of `images` are classified as `labels` say. @throws RangeError as {@link step} does */
  async correct(images: Float32Array, labels: ArrayLike<number>): Promise<number> {
    return (await this.#test("evaluate", images, labels)).reduce((total, part) => total + part.correct[0], 0);
  }

  /**
   * The same with what they were taken for: float64 `[classes, classes]`, a row for each true class.
   *
   * @throws RangeError as {@link step} does
   */
  async answers(
    images: Float32Array,
    labels: ArrayLike<number>,
  ): Promise<{ readonly correct: number; readonly answers: Float64Array }> {
    const parts = await this.#test("answers", images, labels);
    const answers = new Float64Array(this.network.classes ** 2);
    for (const part of parts) for (let i = 0; i < answers.length; i++) answers[i] += part.answers[i];
    return { correct: parts.reduce((total, part) => total + part.correct[0], 0), answers };
  }

  async #test(
    mode: "evaluate" | "answers",
    images: Float32Array,
    labels: ArrayLike<number>,
  ): Promise<Record<string, Float32Array>[]> {
    this.#check(images, labels.length);
    if (this.#exposed) this.#binding = undefined;
    this.#binding ??= { id: `trained${bindings++}`, values: clone({ ...this.#memory.parameters, ...this.buffers }) };
    const { classes } = this.network;
    const size = this.#imageSize;
    const targets = this.#targets(labels);
    const most = this.#engine.forwardBatch;
    const pending = split(labels.length, most, Math.max(16 * MESSAGE_IMAGES, most)).map(({ start, length, runs }) => {
      const batches = Array.from({ length: runs }, (_, i): Feeds => {
        const [from, to] = [start + i * length, start + (i + 1) * length];
        return {
          images: images.subarray(from * size, to * size),
          targets: targets.subarray(from * classes, to * classes),
        };
      });
      return this.#engine.sum(this.#program(mode, length), {}, batches, this.#binding);
    });
    return Promise.all(pending);
  }

  get #imageSize(): number {
    return sizeOf(this.network.input);
  }

  #check(images: Float32Array, count: number): void {
    if (images.length === count * this.#imageSize) return;
    const { name, input } = this.network;
    throw new RangeError(
      `${name}: ${images.length} numbers and ${count} labels are not ${count} images of ${input.join("x")}`,
    );
  }

  /** Probabilities `[n, classes]`. */
  #targets(labels: ArrayLike<number>, soft?: Float32Array): Float32Array {
    const { name, classes } = this.network;
    if (soft !== undefined) {
      if (soft.length === labels.length * classes) return soft;
      throw new RangeError(`${name}: ${soft.length} probabilities are not ${labels.length} rows of ${classes} classes`);
    }
    return oneHot(labels, this.network);
  }

  /** Gradients of all parts, and the step. */
  async #descend(parts: readonly Part[], images: Float32Array, targets: Float32Array, descent: Descent): Promise<void> {
    const { state } = this.#memory;
    const batch = this.#memory.batch(images.length + targets.length);
    batch.set(images);
    batch.set(targets, images.length);
    const all = parts.map((_, index) => this.#memory.totals(index));
    const totals = all.map(({ memory }) => memory);
    const alone = parts.length === 1 || state.length < DIVIDED_STEP_PARAMETERS;
    const left = this.#memory.countdown(parts.length);
    // Callers that have the arrays may have changed them.
    if (this.#exposed) this.#memory.changed();
    const { version } = this.#memory;
    const next = this.#memory.next();
    await Promise.all(
      parts.map(({ start, length, runs }, index) =>
        this.#engine.gradients({
          program: this.#program("train", length),
          state,
          version,
          batch: batch.buffer as SharedArrayBuffer,
          runs: Array.from({ length: runs }, (_, i) => ({
            images: (start + i * length) * this.#imageSize,
            targets: images.length + (start + i * length) * this.network.classes,
          })),
          totals: all[index],
          last: alone ? { descent, parts: totals, index, left, next } : undefined,
        }),
      ),
    );
    if (alone) {
      this.#memory.became(next);
      if (this.#exposed) this.#memory.settle();
      return;
    }
    // Any cut will do: each number is computed alone.
    const share = 16 * Math.ceil(state.length / 16 / this.#engine.workers);
    const cuts = Array.from({ length: Math.ceil(state.length / share) }, (_, i) => i * share);
    await Promise.all(
      cuts.map((from) =>
        this.#engine.descend({ state, totals, descent, from, to: Math.min(from + share, state.length) }),
      ),
    );
    this.#memory.changed(next);
  }

  #partsOf(count: number): Part[] {
    const most = this.network.usesBatchStatistics ? count : this.#imagesAtOnce(count);
    return splitEvenly(count, most, Math.max(MESSAGE_IMAGES, most));
  }

  /** Images that one run takes. Batch statistics need the whole batch in one; else parts add up. */
  #imagesAtOnce(count: number): number {
    const { microBatch } = this.#engine;
    const traced = Math.min(count, microBatch, MESSAGE_IMAGES);
    const perWeight = flopsPerWeight(this.#program("train", traced), traced, this.network.parameters);
    if (perWeight < LIGHT_FLOPS_PER_WEIGHT) return LIGHT_MESSAGE_IMAGES;
    return perWeight < MICRO_BATCH_FLOPS_PER_WEIGHT ? MESSAGE_IMAGES : Math.min(MESSAGE_IMAGES, microBatch);
  }

  #program(mode: Mode, count: number): Program {
    const key = `${mode}${count}`;
    const program = this.#programs.get(key) ?? this.#trace(mode, count);
    this.#programs.set(key, program);
    return program;
  }

  #trace(mode: Mode, count: number): Program {
    const cpu = this.#engine.device === "cpu";
    if (mode !== "train") {
      return correctProgram(this.network, count, { winograd: cpu, cpu, answers: mode === "answers" });
    }
    const filtered = cpu && count >= WINOGRAD_IMAGES;
    const program = trainProgram(this.network, count, { winogradForward: filtered, winogradGradients: filtered, cpu });
    const light = flopsPerWeight(program, count, this.network.parameters) < LIGHT_FLOPS_PER_WEIGHT;
    const threads = light ? LIGHT_THREADS : this.network.usesBatchStatistics ? this.#threads : 1;
    return threads === 1 ? program : { ...program, id: `${program.id}-${threads}`, threads };
  }
}

/** Images from `start` on, taken in `runs` of `length` each. */
interface Part {
  readonly start: number;
  readonly length: number;
  readonly runs: number;
}

/** `count` images in parts of at most `message`, of runs of at most `most`: the last ones as short as need be. */
function split(count: number, most: number, message: number): Part[] {
  const parts: Part[] = [];
  for (let start = 0; start < count; start += message) {
    const here = Math.min(message, count - start);
    const whole = here - (here % most);
    if (whole > 0) parts.push({ start, length: most, runs: whole / most });
    if (whole < here) parts.push({ start: start + whole, length: here - whole, runs: 1 });
  }
  return parts;
}

/** The same with runs as long as each other, or one image longer: workers that share a batch end together. */
function splitEvenly(count: number, most: number, message: number): Part[] {
  const messages = Math.ceil(count / message);
  const runs = Math.ceil(count / messages / most);
  const [shorter, longer] = [Math.floor(count / (messages * runs)), count % (messages * runs)];
  const parts: Part[] = [];
  let start = 0;
  const add = (length: number, runs: number): void => {
    if (runs > 0) parts.push({ start, length, runs });
    start += length * runs;
  };
  for (let i = 0; i < messages; i++) {
    const longRuns = Math.min(runs, Math.max(0, longer - i * runs));
    add(shorter + 1, longRuns);
    add(shorter, runs - longRuns);
  }
  return parts;
}

function copy(arrays: Arrays): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(arrays).map(([name, { data }]: [string, NdArray]) => [name, data.slice()]));
}

function clone(arrays: Readonly<Record<string, Float32Array>>): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(arrays).map(([name, data]) => [name, data.slice()]));
}
