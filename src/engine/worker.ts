// A worker thread: compiles programs into ONNX Runtime sessions, once each, and runs them. ONNX Runtime blocks the
// calling thread, so it lives here and nowhere else.

import { parentPort, workerData } from "node:worker_threads";
import type { InferenceSession, Tensor } from "onnxruntime-common";
import { DatadamError } from "../errors.ts";
import { compileError, sessionOptions, unavailable } from "./backends.ts";
import type { Reply, Request, WorkerSetup } from "./protocol.ts";
import type { Feeds, Program } from "./types.ts";

const port = parentPort!;
const { device } = workerData as WorkerSetup;

type Runtime = typeof import("onnxruntime-node");
let runtime: Promise<Runtime> | undefined;
const sessions = new Map<string, { program: Program; session: Promise<InferenceSession> }>();

function loadRuntime(): Promise<Runtime> {
  runtime ??= import("onnxruntime-node").catch((cause: unknown) => {
    throw unavailable("cpu", cause);
  });
  return runtime;
}

async function open(program: Program): Promise<InferenceSession> {
  const { InferenceSession } = await loadRuntime();
  try {
    return await InferenceSession.create(program.model, sessionOptions(device));
  } catch (cause) {
    throw compileError(device, program.name, cause);
  }
}

function find(request: Request): { program: Program; session: Promise<InferenceSession> } {
  let entry = sessions.get(request.program);
  if (entry === undefined) {
    const program = request.source!;
    entry = { program, session: open(program) };
    sessions.set(request.program, entry);
  }
  return entry;
}

async function execute(program: Program, session: InferenceSession, feeds: Feeds): Promise<Record<string, Float32Array>> {
  const { Tensor } = await loadRuntime();
  const tensors: Record<string, Tensor> = {};
  for (const { name, shape } of program.inputs) tensors[name] = new Tensor("float32", feeds[name], shape);
  const results = await session.run(tensors);
  const outputs: Record<string, Float32Array> = {};
  for (const { name } of program.outputs) outputs[name] = results[name].data as Float32Array;
  return outputs;
}

async function handle(request: Request): Promise<Record<string, Float32Array>> {
  const { program, session: opening } = find(request);
  const session = await opening;
  if (request.kind === "run") {
    const outputs = await execute(program, session, request.feeds);
    // ONNX Runtime owns these buffers: copies can be transferred.
    return Object.fromEntries(Object.entries(outputs).map(([name, data]) => [name, data.slice()]));
  }
  const totals = new Map(program.outputs.map(({ name, shape }) => [name, new Float64Array(shape.reduce((p, e) => p * e, 1))]));
  for (const batch of request.batches) {
    const outputs = await execute(program, session, { ...request.common, ...batch });
    for (const [name, total] of totals) {
      const part = outputs[name];
      for (let i = 0; i < total.length; i++) total[i] += part[i];
    }
  }
  return Object.fromEntries([...totals].map(([name, total]) => [name, Float32Array.from(total)]));
}

function serialize(error: unknown): { code: string | undefined; message: string; hint: string | undefined } {
  if (error instanceof DatadamError) return { code: error.code, message: error.message, hint: error.hint };
  return { code: undefined, message: error instanceof Error ? error.message : String(error), hint: undefined };
}

let queue: Promise<void> = Promise.resolve();
port.on("message", (request: Request) => {
  queue = queue.then(async () => {
    try {
      const outputs = await handle(request);
      const reply: Reply = { id: request.id, outputs };
      port.postMessage(reply, Object.values(outputs).map((data) => data.buffer as ArrayBuffer));
    } catch (error) {
      const reply: Reply = { id: request.id, error: serialize(error) };
      port.postMessage(reply);
    }
  });
});
