// A pool of worker threads that run programs. Any worker may take any task: results do not depend on which.

import { availableParallelism, tmpdir } from "node:os";
import { Worker } from "node:worker_threads";
import { DatadamError, type ErrorCode } from "../../errors.ts";
import { sizeOf } from "../../tensor/size.ts";
import { microBatches } from "../costModel.ts";
import type { Reply, Request, Target, WorkerSetup } from "../protocol.ts";
import type {
  Binding,
  DescentTask,
  Device,
  Engine,
  EngineOptions,
  Feeds,
  GradientTask,
  Program,
  Signature,
} from "../types.ts";
import { Gate, holdExit } from "./gate.ts";

type Task = {
  /** What it needs of a worker, if it is a program. */
  readonly program: Program | undefined;
  readonly binding: Binding | undefined;
  readonly message: (id: number, target: Target) => Request;
  readonly resolve: (outputs: Record<string, Float32Array>) => void;
  readonly reject: (error: Error) => void;
};

/** Two tasks a worker: the next one's arrays are already there when it finishes one. */
const DEPTH = 2;

/** Bindings a worker holds: an iteration's, and the next one's. */
const BINDINGS = 2;

class Pool implements Engine {
  readonly device: Device;
  readonly workers: number;
  readonly microBatch: number;
  readonly forwardBatch: number;
  readonly #members: Member[];
  readonly #waiting: Task[] = [];
  #closed = false;

  constructor(device: Device, workers: number) {
    this.device = device;
    this.workers = workers;
    ({ gradient: this.microBatch, forward: this.forwardBatch } = microBatches(device));
    this.#members = Array.from({ length: workers }, () => new Member(device, () => this.#dispatch()));
  }

  async run(program: Program, feeds: Feeds, binding?: Binding): Promise<Record<string, Float32Array>> {
    check(program, feeds, binding);
    return this.#submit(program, binding, (id, target) => ({ kind: "run", id, target, feeds: alone(feeds) }));
  }

  async sum(
    program: Program,
    common: Feeds,
    batches: readonly Feeds[],
    binding?: Binding,
  ): Promise<Record<string, Float32Array>> {
    for (const batch of batches) check(program, { ...common, ...batch }, binding);
    return this.#submit(program, binding, (id, target) => ({
      kind: "sum",
      id,
      target,
      common: alone(common),
      batches: batches.map(alone),
    }));
  }

  async gradients({ program, ...task }: GradientTask): Promise<void> {
    checkPlaces(program, task);
    await this.#submit(program, undefined, (id, target) => ({ kind: "gradients", id, target, task }));
  }

  async descend(task: DescentTask): Promise<void> {
    await this.#submit(undefined, undefined, (id) => ({ kind: "descend", id, task }));
  }

  #submit(
    program: Program | undefined,
    binding: Binding | undefined,
    message: Task["message"],
  ): Promise<Record<string, Float32Array>> {
    if (this.#closed) return Promise.reject(new Error("engine: closed"));
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        program,
        binding: program === undefined || program.bound.length === 0 ? undefined : binding,
        message,
        resolve,
        reject,
      });
      this.#dispatch();
    });
  }

  #dispatch(): void {
    while (this.#waiting.length > 0 && this.#dispatchOne());
  }

  /** Gives one task to the least loaded worker that has one to take; says whether there was any. */
  #dispatchOne(): boolean {
    const free = this.#members.filter(({ load }) => load < DEPTH).sort((a, b) => a.load - b.load);
    for (const member of free) {
      let at = this.#waiting.findIndex((task) => !this.#isElsewhere(task, member));
      if (at < 0 && member.load === 0) at = 0;
      if (at < 0) continue;
      member.take(this.#waiting.splice(at, 1)[0]);
      return true;
    }
    return false;
  }

  /** Whether others have compiled what a task needs and this worker has not: it takes the task only rather than be idle. */
  #isElsewhere(task: Task, member: Member): boolean {
    return !member.holds(task) && this.#members.some((other) => other.holds(task));
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const task of this.#waiting.splice(0)) task.reject(new Error("engine: closed"));
    await Promise.all(this.#members.map((member) => member.close()));
  }
}

class Member {
  readonly #device: Device;
  readonly #worker: Worker;
  readonly #exited: Promise<unknown>;
  readonly #gate: Gate = new Gate();
  readonly #pending = new Map<number, Task>();
  readonly #programs = new Set<string>();
  /** Bindings the worker holds, oldest first. */
  readonly #bindings = new Set<string>();
  /** By binding, the programs that it compiles or has compiled. */
  readonly #compiled = new Map<string, Set<string>>();
  #next = 0;
  /** Why the worker takes no more tasks. */
  #ended: Error | undefined;

  constructor(device: Device, idle: () => void) {
    this.#device = device;
    // Threads do not pass through a test runner's TypeScript loader: from the source tree, the built file is used.
    const file = import.meta.url.endsWith(".ts") ? "../../../dist/engine/node/worker.js" : "./worker.js";
    const setup: WorkerSetup = { device, gate: this.#gate.memory };
    // No flags of the process: some of them (--input-type, a loader) do not fit a thread.
    this.#worker = new Worker(new URL(file, import.meta.url), { workerData: setup, execArgv: [] });
    this.#worker.on("message", (reply: Reply) => {
      const task = this.#pending.get(reply.id);
      if (task === undefined) return; // closed
      this.#pending.delete(reply.id);
      if (this.#pending.size === 0) this.#worker.unref();
      if ("error" in reply) task.reject(revive(reply.error));
      else task.resolve(reply.outputs);
      idle();
    });
    const end = (error: Error): void => {
      this.#end(error);
      idle();
    };
    this.#worker.on("error", (cause) => {
      end(new DatadamError("BACKEND_UNAVAILABLE", `A worker thread failed: ${(cause as Error).message}`, { cause }));
    });
    this.#worker.on("exit", (code) => end(new Error(`engine: a worker thread ended with exit code ${code}`)));
    this.#exited = new Promise((resolve) => this.#worker.once("exit", resolve));
    this.#exited.then(holdExit(this.#gate));
    // After the listeners: adding one for messages makes the worker hold the process again.
    this.#worker.unref();
  }

  get load(): number {
    return this.#pending.size;
  }

  /** Whether it has compiled what the task needs, if anything. */
  holds({ program, binding }: Task): boolean {
    if (program === undefined) return true;
    return this.#compiled.get(this.#bindingOf(binding))?.has(program.id) === true;
  }

  /** Only a CPU compiles programs for each binding. */
  #bindingOf(binding: Binding | undefined): string {
    return this.#device === "cpu" ? (binding?.id ?? "") : "";
  }

  take(task: Task): void {
    if (this.#ended !== undefined) {
      task.reject(this.#ended);
      return;
    }
    const id = this.#next++;
    const target = this.#target(task);
    this.#pending.set(id, task);
    this.#worker.ref();
    this.#post(task.message(id, target));
  }

  /** What the worker needs to know for the task, which it then knows. */
  #target({ program, binding }: Task): Target {
    const id = program?.id ?? "";
    const target: Target = {
      program: id,
      ...(program === undefined || this.#programs.has(id) ? {} : { source: program }),
      ...(binding === undefined ? {} : { binding: binding.id }),
      ...(binding === undefined || this.#bindings.has(binding.id) ? {} : { values: binding.values }),
    };
    this.#programs.add(id);
    if (binding !== undefined && !this.#bindings.has(binding.id)) {
      this.#bindings.add(binding.id);
      const [oldest] = this.#bindings;
      if (this.#bindings.size > BINDINGS) {
        this.#bindings.delete(oldest);
        this.#compiled.delete(oldest);
        this.#post({ kind: "forget", binding: oldest });
      }
    }
    const compiled = this.#compiled.get(this.#bindingOf(binding));
    if (compiled === undefined) this.#compiled.set(this.#bindingOf(binding), new Set([id]));
    else compiled.add(id);
    return target;
  }

  #post(request: Request): void {
    this.#worker.postMessage(request);
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const task of this.#pending.values()) task.reject(this.#ended);
    this.#pending.clear();
  }

  /** Rejects at once what is not done. The thread ends by itself, after the run that it is in. */
  async close(): Promise<void> {
    this.#end(new Error("engine: closed"));
    this.#gate.shut();
    this.#worker.ref();
    this.#post({ kind: "close" });
    await this.#exited;
  }
}

/** A message copies the memory of an array, not the part of it that the array is. Shared memory is not copied. */
function alone(feeds: Feeds): Feeds {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, data]) => {
      const { buffer, byteLength } = data;
      return [name, buffer instanceof SharedArrayBuffer || byteLength === buffer.byteLength ? data : data.slice()];
    }),
  );
}

function revive({
  code,
  message,
  hint,
}: {
  code: string | undefined;
  message: string;
  hint: string | undefined;
}): Error {
  if (code === undefined) return new Error(message);
  return new DatadamError(code as ErrorCode, message, hint === undefined ? {} : { hint });
}

function check(program: Program, feeds: Feeds, binding: Binding | undefined): void {
  const inspect = ({ name, shape }: Signature, data: Float32Array | undefined): void => {
    const size = sizeOf(shape);
    if (data === undefined) throw new TypeError(`program ${program.name}: input "${name}" is missing`);
    if (data.length !== size) {
      throw new RangeError(
        `program ${program.name}: input "${name}" [${shape.join(", ")}] needs ${size} numbers, got ${data.length}`,
      );
    }
  };
  for (const signature of program.inputs) inspect(signature, feeds[signature.name]);
  for (const signature of program.bound) inspect(signature, binding?.values[signature.name]);
}

function checkPlaces(program: Program, { state, runs, totals }: Omit<GradientTask, "program">): void {
  if (program.bound.length > 0) throw new TypeError(`program ${program.name}: bound inputs cannot be trained`);
  for (const run of runs) {
    for (const { name } of program.inputs) {
      if (state.places[name] === undefined && run[name] === undefined) {
        throw new TypeError(`program ${program.name}: input "${name}" is missing`);
      }
    }
  }
  for (const { name } of program.outputs) {
    if (totals.places[name] === undefined) {
      throw new TypeError(`program ${program.name}: output "${name}" has no place`);
    }
  }
}

/**
 * Starts an engine. Workers start at once, the runtime and programs load when first used.
 *
 * @throws DatadamError `INVALID_OPTION` for a worker count that is not an integer from 1 to 1024.
 */
export async function createEngine({ device = "cpu", workers }: EngineOptions = {}): Promise<Engine> {
  const count = workers ?? (device === "cpu" ? availableParallelism() : 1);
  if (!Number.isInteger(count) || count < 1 || count > 1024) {
    throw new DatadamError("INVALID_OPTION", `workers must be an integer from 1 to 1024, got ${count}`);
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
  return new Pool(device, count);
}
