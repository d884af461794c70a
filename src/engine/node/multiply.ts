// Dense float32 and float64 matrix products on ONNX Runtime, in worker threads (its `run` blocks the calling thread).

import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Matrix, Multiplier } from "../types.ts";
import { Gate, holdExit } from "./gate.ts";
import type { MultiplyJob, MultiplyReply } from "./multiplyWorker.ts";

/** More workers than this wait for memory, not for cores. */
const MAX_WORKERS = 8;

interface Task {
  readonly job: MultiplyJob;
  readonly resolve: (result: Matrix) => void;
  readonly reject: (error: Error) => void;
}

interface Seat {
  readonly worker: Worker;
  readonly gate: Gate;
  readonly exited: Promise<unknown>;
  task: Task | undefined;
}

/**
 * Starts workers that multiply matrices. Each product runs whole on one thread, so results are the same for any number
 * of workers; callers split large products into rows to use several. Operands over shared memory are not copied on
 * the calling thread.
 *
 * @param options.workers Threads. Default: one per core, at most 8.
 */
export async function createMultiplier(options: { workers?: number } = {}): Promise<Multiplier> {
  const count = options.workers ?? Math.min(availableParallelism(), MAX_WORKERS);
  if (!Number.isInteger(count) || count < 1) throw new RangeError(`workers must be a positive integer, not ${count}`);
  const queue: Task[] = [];
  let failure: Error | undefined;

  const assign = (seat: Seat): void => {
    if (seat.task) return;
    seat.task = queue.shift();
    if (!seat.task) return;
    const { job } = seat.task;
    const [a, b] = [sendable(job.a), sendable(job.b)];
    seat.worker.ref();
    seat.worker.postMessage({ ...job, a, b });
  };
  const fail = (error: Error): void => {
    failure ??= error;
    for (const task of [...seats.map((seat) => seat.task), ...queue.splice(0)]) task?.reject(failure);
  };
  const seats: Seat[] = Array.from({ length: count }, () => {
    const gate = new Gate();
    const worker = new Worker(workerUrl(), { workerData: gate.memory, execArgv: [] });
    const exited = new Promise((resolve) => worker.once("exit", resolve));
    exited.then(holdExit(gate));
    const seat: Seat = { worker, gate, exited, task: undefined };
    seat.worker.on("message", (reply: MultiplyReply) => {
      const task = seat.task;
      seat.task = undefined;
      seat.worker.unref();
      if ("result" in reply) task?.resolve(reply.result);
      else task?.reject(new Error(`matrix product failed: ${reply.error}`));
      if (!failure) assign(seat);
    });
    seat.worker.on("error", fail);
    seat.worker.on("exit", (code) => fail(new Error(`a worker thread ended with exit code ${code}`)));
    // After the listeners: adding one for messages makes the worker hold the process again.
    seat.worker.unref();
    return seat;
  });

  return {
    multiply: <T extends Matrix>(a: T, b: T, m: number, k: number, n: number) => {
      if (a.length !== m * k || b.length !== n * k) {
        throw new RangeError(`operands of ${a.length} and ${b.length} numbers are not [${m}, ${k}] and [${n}, ${k}]`);
      }
      return new Promise<T>((resolve, reject) => {
        if (failure) return reject(failure);
        queue.push({ job: { a, b, m, k, n }, resolve: resolve as (result: Matrix) => void, reject });
        for (const seat of seats) assign(seat);
      });
    },
    close: async () => {
      fail(new Error("the multiplier is closed"));
      for (const { gate, worker } of seats) {
        gate.shut();
        worker.ref();
        worker.postMessage(null);
      }
      await Promise.all(seats.map((seat) => seat.exited));
    },
  };
}

/** Posting a view clones its whole buffer: cut it out first, unless the buffer is shared. */
function sendable(matrix: Matrix): Matrix {
  const whole = matrix.byteLength === matrix.buffer.byteLength;
  return whole || matrix.buffer instanceof SharedArrayBuffer ? matrix : matrix.slice();
}

/** Node 20 cannot run a worker from TypeScript: sources (under a test runner) use the built file. */
function workerUrl(): URL {
  const source = import.meta.url.endsWith(".ts");
  return new URL(source ? "../../../dist/engine/node/multiplyWorker.js" : "./multiplyWorker.js", import.meta.url);
}
