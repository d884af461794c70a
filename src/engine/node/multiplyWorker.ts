// Worker thread of `createMultiplier`: answers `{ a, b, m, k, n }` with `{ result }` or `{ error }`, one at a time.

import { parentPort, workerData } from "node:worker_threads";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { Matrix } from "../types.ts";
import { Gate } from "./gate.ts";
import { multiplyModel } from "./multiplyModel.ts";

/** What the pool posts. */
export interface MultiplyJob {
  readonly a: Matrix;
  readonly b: Matrix;
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

/** What the worker posts back. */
export type MultiplyReply = { readonly result: Matrix } | { readonly error: string };

const gate = new Gate(workerData as SharedArrayBuffer);

type Precision = "float32" | "float64";
const sessions = new Map<Precision, Promise<InferenceSession>>();

function session(dtype: Precision): Promise<InferenceSession> {
  let found = sessions.get(dtype);
  if (!found) {
    // One thread keeps the order of every sum fixed; no arena, so that the memory of large results is given back.
    found = InferenceSession.create(multiplyModel(dtype), {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      enableCpuMemArena: false,
    });
    sessions.set(dtype, found);
  }
  return found;
}

/** ONNX Runtime refuses tensors over shared memory. */
function unshared<T extends Matrix>(matrix: T): T {
  return matrix.buffer instanceof SharedArrayBuffer ? (matrix.slice() as T) : matrix;
}

async function multiply({ a, b, m, k, n }: MultiplyJob): Promise<Matrix> {
  const dtype = a instanceof Float64Array ? "float64" : "float32";
  const run = await gate.pass(() => session(dtype));
  const feeds = { a: new Tensor(dtype, unshared(a), [m, k]), b: new Tensor(dtype, unshared(b), [n, k]) };
  const { c } = await gate.pass(() => run.run(feeds));
  return (c.data as Matrix).slice(); // ONNX Runtime owns its buffers: only a copy can be transferred
}

/** `null` ends the thread; then nothing is inside. */
parentPort?.on("message", (job: MultiplyJob | null) => {
  if (job === null) {
    parentPort?.close();
    return;
  }
  multiply(job).then(
    (result) => post({ result }, [result.buffer as ArrayBuffer]),
    (error: unknown) => post({ error: error instanceof Error ? error.message : String(error) }, []),
  );
});

function post(reply: MultiplyReply, transfer: ArrayBuffer[]): void {
  parentPort?.postMessage(reply, transfer);
}
