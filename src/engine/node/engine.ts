// The engine of Node (what `#engine` means there, see "imports" in package.json): a pool of worker threads that run
// programs. Any worker may take any task: results do not depend on which.

import { availableParallelism, tmpdir } from "node:os";
import { DatadamError } from "../../errors.ts";
import { cutOut } from "../arrays.ts";
import { microBatches } from "../costModel.ts";
import type { Outputs } from "../protocol.ts";
import type {
  ArrayOf,
  Binding,
  BindingStatistics,
  DescentTask,
  Device,
  DType,
  Engine,
  EngineOptions,
  Feeds,
  GradientTask,
  Program,
} from "../types.ts";
import { checkFeeds, checkGradients } from "../validate.ts";
import { type Task, WorkerHandle } from "./workerHandle.ts";

/** Two tasks a worker: the next one's arrays are already there when it finishes one. */
const DEPTH = 2;

class Pool implements Engine {
  readonly device: Device;
  readonly workers: number;
  readonly microBatch: number;
  readonly forwardBatch: number;
  readonly #handles: WorkerHandle[];
  readonly #waiting: Task[] = [];
  #closed = false;

  constructor(device: Device, workers: number, weightsMemory: number) {
    this.device = device;
    this.workers = workers;
    ({ gradient: this.microBatch, forward: this.forwardBatch } = microBatches(device));
    const share = weightsMemory / workers;
    this.#handles = Array.from({ length: workers }, () => new WorkerHandle(device, share, () => this.#dispatch()));
  }

  async run<D extends DType = "float32">(
    program: Program<D>,
    feeds: Feeds<D>,
    binding?: Binding,
  ): Promise<Record<string, ArrayOf<D>>> {
    checkFeeds(program, feeds, binding);
    const outputs = await this.#submit(program, binding, (id, target) => {
      return { kind: "run", id, target, feeds: cutOut(feeds) };
    });
    return outputs as Record<string, ArrayOf<D>>;
  }

  async sum(
    program: Program,
    common: Feeds,
    batches: readonly Feeds[],
    binding?: Binding,
  ): Promise<Record<string, Float32Array>> {
    for (const batch of batches) checkFeeds(program, { ...common, ...batch }, binding);
    const outputs = await this.#submit(program, binding, (id, target) => {
      return { kind: "sum", id, target, common: cutOut(common), batches: batches.map((batch) => cutOut(batch)) };
    });
    return outputs as Record<string, Float32Array>;
  }

  async gradients(gradients: GradientTask): Promise<void> {
    checkGradients(gradients);
    const { program, ...task } = gradients;
    await this.#submit(program, undefined, (id, target) => ({ kind: "gradients", id, target, task }));
  }

  async descend(task: DescentTask): Promise<void> {
    await this.#submit(undefined, undefined, (id) => ({ kind: "descend", id, task }));
  }

  bindingStatistics(): BindingStatistics {
    const all = this.#handles.map(({ bindingStatistics }) => bindingStatistics);
    const total = (of: keyof BindingStatistics): number => all.reduce((sum, counts) => sum + counts[of], 0);
    return { hits: total("hits"), misses: total("misses") };
  }

  #submit(
    program: Program<DType> | undefined,
    binding: Binding | undefined,
    message: Task["message"],
  ): Promise<Outputs> {
    if (this.#closed) return Promise.reject(new Error("engine: closed"));
    return new Promise((resolve, reject) => {
      const needed = program === undefined || program.bound.length === 0 ? undefined : binding;
      this.#waiting.push({ program, binding: needed, message, resolve, reject });
      this.#dispatch();
    });
  }

  #dispatch(): void {
    while (this.#waiting.length > 0 && this.#dispatchOne());
  }

  /** Gives one task to the least loaded worker that has one to take; says whether there was any. */
  #dispatchOne(): boolean {
    const free = this.#handles.filter(({ load }) => load < DEPTH).sort((a, b) => a.load - b.load);
    for (const handle of free) {
      let at = this.#waiting.findIndex((task) => !this.#isElsewhere(task, handle));
      if (at < 0 && handle.load === 0) at = 0;
      if (at < 0) continue;
      handle.take(this.#waiting.splice(at, 1)[0]);
      return true;
    }
    return false;
  }

  /**
   * Whether others have compiled what a task needs and this worker has not: it takes the task only rather than be idle.
   */
  #isElsewhere(task: Task, handle: WorkerHandle): boolean {
    return !handle.hasCompiled(task) && this.#handles.some((other) => other.hasCompiled(task));
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const task of this.#waiting.splice(0)) task.reject(new Error("engine: closed"));
    await Promise.all(this.#handles.map((handle) => handle.close()));
  }
}

/**
 * Starts an engine. Workers start at once, the runtime and programs load when first used.
 *
 * @throws DatadamError `INVALID_OPTION` for a worker count that is not an integer from 1 to 1024, a negative memory, or
 *   a device that is not known or takes fewer workers.
 */
export async function createEngine({
  device = "cpu",
  workers,
  maxWorkers = Number.POSITIVE_INFINITY,
  weightsMemory = 2 ** 31,
}: EngineOptions = {}): Promise<Engine> {
  const count = workers ?? (device === "cpu" ? Math.min(availableParallelism(), maxWorkers) : 1);
  if (!Number.isInteger(count) || count < 1 || count > 1024) {
    throw new DatadamError("INVALID_OPTION", `workers must be an integer from 1 to 1024, got ${count}`);
  }
  if (!(weightsMemory >= 0)) {
    throw new DatadamError(
      "INVALID_OPTION",
      `weightsMemory must be a number of bytes, 0 or more, got ${weightsMemory}`,
    );
  }
  if (device === "webgpu" && count > 1) {
    throw new DatadamError("INVALID_OPTION", `webgpu takes one worker, got ${count}`, {
      hint: "ONNX Runtime's WebGPU provider must be used from one thread at a time.",
    });
  }
  if (!["cpu", "webgpu", "cuda"].includes(device)) {
    throw new DatadamError("INVALID_OPTION", `unknown device "${device}"`, { hint: "Known: cpu, webgpu, cuda." });
  }
  // Before the worker starts: Vulkan's loader reads the environment of the process, and complains to stderr without it.
  if (device === "webgpu" && process.platform === "linux") process.env.XDG_RUNTIME_DIR ??= tmpdir();
  return new Pool(device, count, weightsMemory);
}
