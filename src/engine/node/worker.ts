// A worker thread: compiles programs into ONNX Runtime sessions, once each, and runs them. ONNX Runtime blocks the
// calling thread, so it lives here and nowhere else.

import { parentPort, workerData } from "node:worker_threads";
import type { InferenceSession, Tensor } from "onnxruntime-common";
import { DatadamError } from "../../errors.ts";
import { sizeOf } from "../../tensor/size.ts";
import { bindConstants, bindInputs } from "../bind.ts";
import type { Reply, Request, Target, WorkerSetup } from "../protocol.ts";
import { Workspaces } from "../training/workspace.ts";
import type { Feeds, Program } from "../types.ts";
import { compileError, isUnsupported, sessionOptions, unavailable } from "./backends.ts";
import { Gate } from "./gate.ts";
import { firstRefused } from "./unsupported.ts";

const port = parentPort!;
const { device, gate: memory } = workerData as WorkerSetup;
const gate = new Gate(memory);

type Runtime = typeof import("onnxruntime-node");
let runtime: Promise<Runtime> | undefined;
/** Programs by id, each with its sessions by binding ("" where there is none, or where bound values are fed). */
const programs = new Map<string, { program: Program; sessions: Map<string, Promise<InferenceSession>> }>();
const bindings = new Map<string, Feeds>();

/** Programs without a binding whose sessions are kept. A training has 4 at most, gradient matching on a GPU 10. */
const KEPT = 12;
/** Those programs, the last used one last. */
const recent = new Set<string>();

function loadRuntime(): Promise<Runtime> {
  runtime ??= import("onnxruntime-node").then(
    (loaded) => {
      loaded.env.logLevel = "fatal";
      return loaded;
    },
    (cause: unknown) => {
      throw unavailable("cpu", cause);
    },
  );
  return runtime;
}

async function open(program: Program, values: Feeds | undefined): Promise<InferenceSession> {
  const { InferenceSession } = await loadRuntime();
  const model = device === "cpu" && values !== undefined ? bindConstants(program, values) : bindInputs(program);
  try {
    return await gate.pass(() => InferenceSession.create(model, sessionOptions(device, program.threads)));
  } catch (cause) {
    const operation = isUnsupported(cause) ? await firstRefused(model, accepts) : undefined;
    throw compileError(device, program.name, cause, operation);
  }
}

async function accepts(model: Uint8Array): Promise<boolean> {
  const { InferenceSession } = await loadRuntime();
  try {
    await gate.pass(async () => (await InferenceSession.create(model, sessionOptions(device))).release());
    return true;
  } catch (cause) {
    if (isUnsupported(cause)) return false;
    throw cause;
  }
}

interface Ready {
  readonly program: Program;
  readonly session: InferenceSession;
  /** Bound values that this device feeds. */
  readonly fed: Feeds;
}

async function find({ program: id, source, binding, values }: Target): Promise<Ready> {
  if (source !== undefined && !programs.has(id)) programs.set(id, { program: source, sessions: new Map() });
  if (binding !== undefined && values !== undefined) bindings.set(binding, owned(values));
  const { program, sessions } = programs.get(id)!;
  const bound = binding === undefined ? undefined : bindings.get(binding);
  const key = device === "cpu" ? (binding ?? "") : "";
  if (key === "") await keep(id);
  let session = sessions.get(key);
  if (session === undefined) {
    session = open(program, bound);
    sessions.set(key, session);
  }
  return { program, session: await session, fed: device === "cpu" ? {} : (bound ?? {}) };
}

/** Frees the sessions of a binding that will not be used again. */
async function forget(binding: string): Promise<void> {
  bindings.delete(binding);
  for (const id of programs.keys()) await free(id, binding);
}

/** Notes that a program without a binding is used, and frees the session of the one that has not been for longest. */
async function keep(id: string): Promise<void> {
  recent.delete(id);
  recent.add(id);
  const [oldest] = recent;
  if (recent.size <= KEPT) return;
  recent.delete(oldest);
  await free(oldest, "");
}

async function free(id: string, binding: string): Promise<void> {
  const { sessions } = programs.get(id)!;
  const session = sessions.get(binding);
  sessions.delete(binding);
  await session?.then(
    (opened) => gate.pass(() => opened.release()),
    () => undefined,
  );
}

/** Without shared memory, which ONNX Runtime does not take. */
function owned(feeds: Feeds): Feeds {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, data]) => [
      name,
      data.buffer instanceof SharedArrayBuffer ? new Float32Array(data) : data,
    ]),
  );
}

/** Copies of shared arrays, whose memory is used again by the next message. */
const copies = new Map<string, Float32Array>();

/** {@link owned}, until the next call. */
function unshared(feeds: Feeds): Feeds {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, data]) => {
      if (!(data.buffer instanceof SharedArrayBuffer)) return [name, data];
      const known = copies.get(name);
      const copy = known?.length === data.length ? known : new Float32Array(data.length);
      copies.set(name, copy);
      copy.set(data);
      return [name, copy];
    }),
  );
}

/** @param into where outputs are to go, in memory that is not shared. Default: memory of ONNX Runtime, to be copied. */
async function execute(
  { program, session, fed }: Ready,
  feeds: Feeds,
  into?: Feeds,
): Promise<Record<string, Float32Array>> {
  const { Tensor } = await loadRuntime();
  const tensors: Record<string, Tensor> = {};
  for (const { name, shape } of program.inputs) tensors[name] = new Tensor("float32", feeds[name], shape);
  if (device !== "cpu") {
    for (const { name, shape } of program.bound) tensors[name] = new Tensor("float32", fed[name], shape);
  }
  const fetches = Object.fromEntries(
    program.outputs.map(({ name, shape }) => [name, into ? new Tensor("float32", into[name], shape) : null]),
  );
  const results = await gate.pass(() => session.run(tensors, fetches));
  const outputs: Record<string, Float32Array> = {};
  for (const { name } of program.outputs) outputs[name] = results[name].data as Float32Array;
  return outputs;
}

const workspaces = new Workspaces();
/** What is left to do of a task that is answered. */
let behind: (() => void) | undefined;

type Work = Exclude<Request, { kind: "forget" | "close" }>;

async function handle(request: Work): Promise<Record<string, Float32Array>> {
  if (request.kind === "descend") {
    workspaces.descend(request.task);
    return {};
  }
  const ready = await find(request.target);
  if (request.kind === "gradients") {
    behind = await workspaces.gradients(ready.program, request.task, (feeds, outputs) =>
      execute(ready, feeds, outputs),
    );
    return {};
  }
  const { program } = ready;
  const common = unshared(request.kind === "run" ? request.feeds : request.common);
  if (request.kind === "run" || request.batches.length === 1) {
    const outputs = await execute(
      ready,
      request.kind === "run" ? common : { ...common, ...unshared(request.batches[0]) },
    );
    // ONNX Runtime owns these buffers: copies can be transferred.
    return Object.fromEntries(Object.entries(outputs).map(([name, data]) => [name, data.slice()]));
  }
  const totals = new Map(program.outputs.map(({ name, shape }) => [name, new Float64Array(sizeOf(shape))]));
  for (const batch of request.batches) {
    const outputs = await execute(ready, { ...common, ...unshared(batch) });
    for (const [name, total] of totals) {
      const part = outputs[name];
      for (let i = 0; i < total.length; i++) total[i] += part[i];
    }
  }
  return Object.fromEntries([...totals].map(([name, total]) => [name, new Float32Array(total)]));
}

function serialize(error: unknown): { code: string | undefined; message: string; hint: string | undefined } {
  if (error instanceof DatadamError) return { code: error.code, message: error.message, hint: error.hint };
  return { code: undefined, message: error instanceof Error ? error.message : String(error), hint: undefined };
}

let queue: Promise<void> = Promise.resolve();
port.on("message", (request: Request) => {
  if (request.kind === "close") {
    queue = queue.then(() => port.close());
    return;
  }
  queue = queue.then(async () => {
    if (request.kind === "forget") return forget(request.binding).catch(() => {}); // Nobody waits for an answer.
    try {
      const outputs = await handle(request);
      const reply: Reply = { id: request.id, outputs };
      port.postMessage(
        reply,
        Object.values(outputs).map((data) => data.buffer as ArrayBuffer),
      );
      behind?.();
      behind = undefined;
    } catch (error) {
      const reply: Reply = { id: request.id, error: serialize(error) };
      port.postMessage(reply);
    }
  });
});
