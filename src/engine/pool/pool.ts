// A pool of session hosts that run programs. Any host may take any task: results do not depend on which.

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
  Feeds,
  GradientTask,
  Program,
} from "../types.ts";
import { checkFeeds, checkGradients } from "../validate.ts";
import type { OpenChannel } from "./channel.ts";
import { Handle, type Task } from "./handle.ts";

/** Two tasks a worker: the next one's arrays are already there when it finishes one. */
const DEPTH = 2;

export class Pool implements Engine {
  readonly device: Device;
  readonly workers: number;
  readonly microBatch: number;
  readonly forwardBatch: number;
  readonly #handles: Handle[];
  readonly #waiting: Task[] = [];
  #closed = false;

  /**
   * @param open starts one session host.
   * @param weightsMemory bytes that all hosts together may keep for bindings that return.
   */
  constructor(device: Device, open: OpenChannel, workers: number, weightsMemory: number) {
    this.device = device;
    this.workers = workers;
    ({ gradient: this.microBatch, forward: this.forwardBatch } = microBatches(device));
    const share = weightsMemory / workers;
    this.#handles = Array.from({ length: workers }, () => new Handle(device, open, share, () => this.#dispatch()));
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
    const all = this.#handles.map(({ kept }) => kept.statistics);
    const total = (of: keyof BindingStatistics): number => all.reduce((sum, counts) => sum + counts[of], 0);
    const { size: kept } = new Set(this.#handles.flatMap((handle) => handle.kept.ids));
    return { hits: total("hits"), misses: total("misses"), kept, bytes: total("bytes"), most: total("most") };
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
  #isElsewhere(task: Task, handle: Handle): boolean {
    return !handle.hasCompiled(task) && this.#handles.some((other) => other.hasCompiled(task));
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const task of this.#waiting.splice(0)) task.reject(new Error("engine: closed"));
    await Promise.all(this.#handles.map((handle) => handle.close()));
  }
}
