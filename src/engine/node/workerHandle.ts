// One worker thread, seen from the thread that gives it tasks.

import { Worker } from "node:worker_threads";
import { DatadamError, type ErrorCode } from "../../errors.ts";
import type { Outputs, Reply, Request, SerializedError, Target, WorkerSetup } from "../protocol.ts";
import type { Binding, BindingStatistics, Device, DType, Program } from "../types.ts";
import { Gate, holdExit } from "./gate.ts";
import { Kept } from "./kept.ts";

export interface Task {
  /** What a worker must have compiled for it, if it runs a program. */
  readonly program: Program<DType> | undefined;
  readonly binding: Binding | undefined;
  readonly message: (id: number, target: Target) => Request;
  readonly resolve: (outputs: Outputs) => void;
  readonly reject: (error: Error) => void;
}

/** Threads do not pass through a test runner's TypeScript loader: from the source tree, the built file is used. */
const WORKER = new URL(
  import.meta.url.endsWith(".ts") ? "../../../dist/engine/node/worker.js" : "./worker.js",
  import.meta.url,
);

export class WorkerHandle {
  readonly #device: Device;
  readonly #worker: Worker;
  readonly #exited: Promise<unknown>;
  readonly #gate: Gate = new Gate();
  readonly #pending = new Map<number, Task>();
  readonly #programs = new Set<string>();
  readonly #kept: Kept;
  /** By binding, the programs that it compiles or lays out, or has. */
  readonly #compiled = new Map<string, Set<string>>();
  #next = 0;
  /** Why the worker takes no more tasks. */
  #ended: Error | undefined;

  /**
   * @param weightsMemory bytes that it may keep for bindings that return.
   * @param onFree called after each answer, and when the thread has ended.
   */
  constructor(device: Device, weightsMemory: number, onFree: () => void) {
    this.#device = device;
    this.#kept = new Kept(weightsMemory);
    const setup: WorkerSetup = { device, gate: this.#gate.memory };
    // No flags of the process: some of them (--input-type, a loader) do not fit a thread.
    this.#worker = new Worker(WORKER, { workerData: setup, execArgv: [] });
    this.#worker.on("message", (reply: Reply) => {
      const task = this.#pending.get(reply.id);
      if (task === undefined) return; // closed
      this.#pending.delete(reply.id);
      if (this.#pending.size === 0) this.#worker.unref();
      if ("error" in reply) task.reject(revive(reply.error));
      else {
        if (task.binding !== undefined) this.#kept.note(task.binding, reply.held ?? 0);
        task.resolve(reply.outputs);
      }
      onFree();
    });
    const end = (error: Error): void => {
      this.#end(error);
      onFree();
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

  /** Tasks that it has not answered. */
  get load(): number {
    return this.#pending.size;
  }

  get bindingStatistics(): BindingStatistics {
    return this.#kept.statistics;
  }

  /** Whether it has compiled what the task needs, if anything. */
  hasCompiled({ program, binding }: Task): boolean {
    if (program === undefined) return true;
    return this.#compiled.get(this.#bindingOf(binding))?.has(program.id) === true;
  }

  /** Only a CPU does something to programs for each binding. */
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

  /** What the worker needs for the task and does not have; from then on it has it. */
  #target({ program, binding }: Task): Target {
    const id = program?.id ?? "";
    const missing = binding !== undefined && !this.#kept.has(binding);
    const target: Target = {
      program: id,
      ...(program === undefined || this.#programs.has(id) ? {} : { source: program }),
      ...(binding === undefined ? {} : { binding: binding.id }),
      ...(missing ? { values: binding.values } : {}),
    };
    this.#programs.add(id);
    for (const { id: dropped } of binding === undefined ? [] : this.#kept.visit(binding)) {
      this.#compiled.delete(dropped);
      this.#post({ kind: "forget", binding: dropped });
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

function revive({ code, message, hint }: SerializedError): Error {
  return code === undefined ? new Error(message) : new DatadamError(code as ErrorCode, message, { hint });
}
