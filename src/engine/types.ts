// Programs and the engines that run them. An engine sees ONNX bytes and typed arrays, nothing else.

export type Device = "cpu" | "webgpu" | "cuda";

/** What programs compute in: float32, but for matrix products in preparation. Float64 needs a CPU. */
export type DType = "float32" | "float64";

export type ArrayOf<D extends DType> = D extends "float64" ? Float64Array : Float32Array;

export interface Signature<D extends DType = DType> {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: D;
}

/** A computation with static shapes, ready to be compiled: the output of `compile` in `src/tensor`. */
export interface Program<D extends DType = "float32"> {
  /** Content hash: equal programs are compiled once per worker. */
  readonly id: string;
  readonly name: string;
  readonly inputs: readonly Signature<D>[];
  /** Inputs whose values come with a {@link Binding} and stay for many runs, such as a network's parameters. */
  readonly bound: readonly Signature<D>[];
  readonly outputs: readonly Signature<D>[];
  /** Serialised ONNX ModelProto. */
  readonly model: Uint8Array;
  /** Multiply-adds times two of its convolutions and matrix products. */
  readonly flops: number;
  /** Bytes of its values at once, at most, if each is freed after its last use: about what a run takes. */
  readonly memory?: number;
  /**
   * Threads of a CPU that share each of its products. Default 1. Part of the program, not chosen by the machine: the
   * last bits of results depend on it.
   */
  readonly threads?: number;
}

/** Arrays by name. */
export type Feeds<D extends DType = "float32"> = Readonly<Record<string, ArrayOf<D>>>;

/**
 * Values of a program's bound inputs. A CPU lays them out and computes what depends on them alone, once for each
 * binding and worker (a convolution gains 20 to 30 %); other devices are fed them as they are.
 */
export interface Binding {
  /** Distinct for distinct values, within one engine. */
  readonly id: string;
  readonly values: Feeds;
  /**
   * Whether it will be used again after others have been: workers then keep what they have laid out, as far as
   * `weightsMemory` of {@link EngineOptions} goes. Default false: they keep the last two.
   */
  readonly returns?: boolean;
}

/** How often bindings came back to a worker after two others, how often it still had them, and what is kept. */
export interface BindingStatistics {
  readonly hits: number;
  /** Also counts bindings that it had never had. */
  readonly misses: number;
  /** Bindings that are kept now, by one worker or more. */
  readonly kept: number;
  /** What is kept for them, in bytes. */
  readonly bytes: number;
  /** As much as may be kept: `weightsMemory`. */
  readonly most: number;
}

/** Arrays in memory that all threads share. */
export interface SharedArrays {
  readonly memory: SharedArrayBuffer;
  /** Where each begins, in floats. */
  readonly offsets: Readonly<Record<string, number>>;
}

/** A step of SGD: `v = momentum v + (g / count + weightDecay p); p -= lr v`. */
export interface Descent {
  readonly lr: number;
  readonly momentum: number;
  readonly weightDecay: number;
  /** What the summed gradient is divided by. */
  readonly count: number;
}

/**
 * A network in training: its parameters at the beginning of `memory`, `length` floats in all, then their velocities.
 */
export interface SharedTraining extends SharedArrays {
  readonly length: number;
  /**
   * One integer: the version (of {@link GradientTask}) that `memory` holds. A step made as a {@link LastPart} is
   * published a little after its answer.
   */
  readonly published: SharedArrayBuffer;
}

/** Gradients of a part of a batch: sums of a program's outputs over several runs. */
export interface GradientTask {
  readonly program: Program;
  readonly state: SharedTraining;
  /**
   * Names the values in `state`: greater than that of earlier ones, distinct within one engine. Workers keep copies of
   * the values that they have read or written, by version.
   */
  readonly version: number;
  /** The inputs of each run that are not in `state`. */
  readonly batch: SharedArrayBuffer;
  readonly runs: readonly SharedArrays["offsets"][];
  /**
   * Where the sums go: the gradient of each parameter at the parameter's offset in `state`, other outputs after them.
   */
  readonly totals: SharedArrays;
  /**
   * The step of SGD, if the last part to finish is to make it. Gradients that no other part needs are then not written.
   */
  readonly last?: LastPart | undefined;
}

/** What the part of a batch that finishes last has to do. */
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
  readonly state: SharedTraining;
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
  run<D extends DType = "float32">(
    program: Program<D>,
    feeds: Feeds<D>,
    binding?: Binding,
  ): Promise<Record<string, ArrayOf<D>>>;
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
  /** Since the engine was made, of all workers together; for benchmarks. An engine need not count. */
  bindingStatistics?(): BindingStatistics;
  close(): Promise<void>;
}

export interface EngineOptions {
  /** Default `"cpu"`. */
  device?: Device;
  /** Worker threads. Default: the number of cores on a CPU, 1 on a GPU. */
  workers?: number;
  /** Worker threads at most, where `workers` is not given. */
  maxWorkers?: number;
  /**
   * Bytes that all workers together may keep for bindings that return (see {@link Binding}); each keeps two in any
   * case. Default: 2 GiB.
   */
  weightsMemory?: number;
}
