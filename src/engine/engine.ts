// A pool of worker threads that run programs. Any worker may take any task: results do not depend on which.

import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { DatadamError, type ErrorCode } from "../errors.ts";
import { defaultMicroBatch } from "./backends.ts";
import type { Reply, Request } from "./protocol.ts";
import type { Device, Engine, EngineOptions, Feeds, Program } from "./types.ts";

type Task = {
  readonly program: Program;
  readonly message: (id: number, source: Program | undefined) => Request;
  readonly resolve: (outputs: Record<string, Float32Array>) => void;
  readonly reject: (error: Error) => void;
};

/** Two tasks a worker: the next one's arrays are already there when it finishes one. */
const DEPTH = 2;

class Pool implements Engine {
  readonly device: Device;
  readonly workers: number;
  readonly microBatch: number;
  readonly #members: Member[];
  readonly #waiting: Task[] = [];
  #closed = false;

  constructor(device: Device, workers: number) {
    this.device = device;
    this.workers = workers;
    this.microBatch = defaultMicroBatch(device);
    this.#members = Array.from({ length: workers }, () => new Member(device, () => this.#dispatch()));
  }

  run(program: Program, feeds: Feeds): Promise<Record<string, Float32Array>> {
    check(program, feeds);
    return this.#submit(program, (id, source) => ({ kind: "run", id, program: program.id, ...withSource(source), feeds }));
  }

  async sum(program: Program, common: Feeds, batches: readonly Feeds[]): Promise<Record<string, Float32Array>> {
    for (const batch of batches) check(program, { ...common, ...batch });
    return this.#submit(program, (id, source) => ({
      kind: "sum",
      id,
      program: program.id,
      ...withSource(source),
      common,
      batches,
    }));
  }

  #submit(program: Program, message: Task["message"]): Promise<Record<string, Float32Array>> {
    if (this.#closed) return Promise.reject(new Error("engine: closed"));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ program, message, resolve, reject });
      this.#dispatch();
    });
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const member = this.#members.reduce((a, b) => (b.load < a.load ? b : a));
      if (member.load >= DEPTH) return;
      member.take(this.#waiting.shift()!);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const task of this.#waiting.splice(0)) task.reject(new Error("engine: closed"));
    await Promise.all(this.#members.map((member) => member.close()));
  }
}

class Member {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Task>();
  readonly #known = new Set<string>();
  #next = 0;

  constructor(device: Device, idle: () => void) {
    // Threads do not pass through a test runner's TypeScript loader: from the source tree, the built file is used.
    const file = import.meta.url.endsWith(".ts") ? "../../dist/engine/worker.js" : "./worker.js";
    this.#worker = new Worker(new URL(file, import.meta.url), { workerData: { device } });
    this.#worker.unref();
    this.#worker.on("message", (reply: Reply) => {
      const task = this.#pending.get(reply.id)!;
      this.#pending.delete(reply.id);
      if (this.#pending.size === 0) this.#worker.unref();
      if ("error" in reply) {
        this.#known.delete(task.program.id);
        task.reject(revive(reply.error));
      } else task.resolve(reply.outputs);
      idle();
    });
    const fail = (error: Error): void => {
      for (const task of this.#pending.values()) task.reject(error);
      this.#pending.clear();
    };
    this.#worker.on("error", (cause) => {
      fail(new DatadamError("BACKEND_UNAVAILABLE", `A worker thread failed: ${(cause as Error).message}`, { cause }));
    });
    this.#worker.on("exit", (code) => fail(new Error(`engine: a worker thread ended with exit code ${code}`)));
  }

  get load(): number {
    return this.#pending.size;
  }

  take(task: Task): void {
    const id = this.#next++;
    const source = this.#known.has(task.program.id) ? undefined : task.program;
    this.#known.add(task.program.id);
    this.#pending.set(id, task);
    this.#worker.ref();
    this.#worker.postMessage(task.message(id, source));
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

function withSource(source: Program | undefined): { source?: Program } {
  return source === undefined ? {} : { source };
}

function revive({ code, message, hint }: { code: string | undefined; message: string; hint: string | undefined }): Error {
  if (code === undefined) return new Error(message);
  return new DatadamError(code as ErrorCode, message, hint === undefined ? {} : { hint });
}

function check(program: Program, feeds: Feeds): void {
  for (const { name, shape } of program.inputs) {
    const size = shape.reduce((product, extent) => product * extent, 1);
    const data = feeds[name];
    if (data === undefined) throw new TypeError(`program ${program.name}: input "${name}" is missing`);
    if (data.length !== size) {
      throw new RangeError(`program ${program.name}: input "${name}" [${shape.join(", ")}] needs ${size} numbers, got ${data.length}`);
    }
  }
}

/**
 * Starts an engine. Workers start at once, the runtime and programs load when first used.
 *
 * @throws DatadamError `INVALID_OPTION` for a worker count that is not a positive integer.
 */
export async function createEngine({ device = "cpu", workers }: EngineOptions = {}): Promise<Engine> {
  const count = workers ?? (device === "cpu" ? availableParallelism() : 1);
  if (!Number.isInteger(count) || count < 1 || count > 1024) {
    throw new DatadamError("INVALID_OPTION", `workers must be a positive integer, got ${count}`);
  }
  if (!["cpu", "webgpu", "cuda"].includes(device)) {
    throw new DatadamError("INVALID_OPTION", `unknown device "${device}"`, { hint: "Known: cpu, webgpu, cuda." });
  }
  return new Pool(device, count);
}
