// The seam between programs and what runs them. A back end sees ONNX bytes and typed arrays, nothing else.

export type Device = "cpu" | "webgpu" | "cuda";

export type DType = "float32" | "int64";

export interface Signature {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** A computation with static shapes, ready to be compiled: the output of `compile` in `src/tensor`. */
export interface Program {
  /** Content hash: equal programs are compiled once per worker. */
  readonly id: string;
  readonly name: string;
  readonly inputs: readonly Signature[];
  /** Inputs whose values come with a {@link Binding} and stay for many runs, such as a network's parameters. */
  readonly bound: readonly Signature[];
  readonly outputs: readonly Signature[];
  /** Serialised ONNX ModelProto. */
  readonly model: Uint8Array;
  /** Multiply-adds times two of its convolutions and matrix products. */
  readonly flops: number;
  /** Threads of a CPU that share each of its products. Default 1. Never the machine's to choose: the last bits of results depend on it. */
  readonly threads?: number;
}

export type Feeds = Readonly<Record<string, Float32Array>>;

/**
 * Values of a program's bound inputs. A CPU compiles the program anew for each binding, so that it can lay out and fold
 * constant weights (a convolution gains 20 to 30 %); other devices keep one session and feed them.
 */
export interface Binding {
  /** Distinct for distinct values, within one engine. */
  readonly id: string;
  readonly values: Feeds;
}

/** Arrays in memory that all threads share: `places` are positions in floats. */
export interface SharedArrays {
  readonly memory: SharedArrayBuffer;
  readonly places: Readonly<Record<string, number>>;
}

/** A step of SGD: `v = momentum v + (g / count + weightDecay p); p -= lr v`. */
export interface Descent {
  readonly lr: number;
  readonly momentum: number;
  readonly weightDecay: number;
  /** What the summed gradient is divided by. */
  readonly count: number;
}

/** Parameters at the beginning of `memory`, all `length` floats of them, and the velocity of each behind them. */
export interface TrainingState extends SharedArrays {
  readonly length: number;
  /** One integer: the version (of {@link GradientTask}) that `memory` holds. Of a step made as a {@link LastPart} it says so later than the answer. */
  readonly held: SharedArrayBuffer;
}

/** Gradients of a part of a batch: sums of a program's outputs over several runs. */
export interface GradientTask {
  readonly program: Program;
  readonly state: TrainingState;
  /** Of the values in `state`: greater than of earlier ones, distinct within one engine. Workers keep what they have read or written of it. */
  readonly version: number;
  /** The inputs of each run that are not in `state`. */
  readonly batch: SharedArrayBuffer;
  readonly runs: readonly SharedArrays["places"][];
  /** Where the sums go. The gradient of each parameter stands where that stands in `state`, what else there is behind them. */
  readonly totals: SharedArrays;
  /** The step, if the last of its parts is to make it. Then gradients that no other part needs are not written to `totals`. */
  readonly last?: LastPart | undefined;
}

/** What the part of a batch that is done last has to do. */
export interface LastPart {
  readonly descent: Descent;
  /** `totals` of all parts, in the order in which they are added. */
  readonly parts: readonly SharedArrayBuffer[];
  /** Which of them this part's are. */
  readonly index: number;
  /** One integer: how many parts are not done. */
  readonly left: SharedArrayBuffer;
  /** `version` after the step, which `state` holds soon after the answer. */
  readonly next: number;
}

/** A step of SGD for the floats `from` to `to` of all parameters. */
export interface DescentTask {
  readonly state: TrainingState;
  /** Gradients of parts of the batch, added in this order. */
  readonly totals: readonly SharedArrayBuffer[];
  readonly descent: Descent;
  readonly from: number;
  readonly to: number;
}

/** Runs programs in worker threads. Results depend on program and feeds only, never on which worker ran them. */
export interface Engine {
  readonly device: Device;
  /** Number of worker threads. */
  readonly workers: number;
  /** Images that a program with gradients should take at once, where work can be split (16 on a CPU, 256 on a GPU). */
  readonly microBatch: number;
  /** The same for a program without gradients (8 on a CPU, 256 on a GPU). */
  readonly forwardBatch: number;
  /** @param binding needed where the program has bound inputs. */
  run(program: Program, feeds: Feeds, binding?: Binding): Promise<Record<string, Float32Array>>;
  /**
   * Runs `program` once per element of `batches` (each merged over `common`), in order, on one worker, and gives the
   * element-wise sum of each output, accumulated in float64.
   */
  sum(
    program: Program,
    common: Feeds,
    batches: readonly Feeds[],
    binding?: Binding,
  ): Promise<Record<string, Float32Array>>;
  /** For training: the same sums, in float32, in shared memory instead of messages. */
  gradients(task: GradientTask): Promise<void>;
  descend(task: DescentTask): Promise<void>;
  close(): Promise<void>;
}

export interface EngineOptions {
  /** Default `"cpu"`. */
  device?: Device;
  /** Worker threads. Default: the number of cores on a CPU, 1 on a GPU. */
  workers?: number;
}

export type Matrix = Float32Array | Float64Array;

/** `a [m, k]` times the transpose of `b [n, k]`, both row-major: `[m, n]` in the precision of its operands. */
export type Multiply = <T extends Matrix>(a: T, b: T, m: number, k: number, n: number) => Promise<T>;

/** Dense matrix products outside any program, for preprocessing. Results do not depend on the number of workers. */
export interface Multiplier {
  readonly multiply: Multiply;
  close(): Promise<void>;
}
