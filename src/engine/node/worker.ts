// A worker thread of Node: answers requests, one at a time. ONNX Runtime blocks the calling thread, so it lives here
// and nowhere else.

import { parentPort, workerData } from "node:worker_threads";
import { DatadamError } from "../../errors.ts";
import { unavailable } from "../backends.ts";
import type { Runtime } from "../host.ts";
import type { Reply, Request, SerializedError, WorkerSetup } from "../protocol.ts";
import { Tasks } from "../tasks.ts";
import { Gate } from "./gate.ts";
import { written } from "./temporaryFile.ts";

const port = parentPort!;
const { device, gate: memory } = workerData as WorkerSetup;
const gate = new Gate(memory);

let loaded: Promise<Runtime> | undefined;

function runtime(): Promise<Runtime> {
  loaded ??= import("onnxruntime-node").then(
    (module) => {
      module.env.logLevel = "fatal";
      return module;
    },
    (cause: unknown) => {
      throw unavailable("cpu", cause);
    },
  );
  return loaded;
}

function serialize(error: unknown): SerializedError {
  if (error instanceof DatadamError) return { code: error.code, message: error.message, hint: error.hint };
  return { code: undefined, message: error instanceof Error ? error.message : String(error), hint: undefined };
}

const tasks = new Tasks({ device, runtime, enter: (call) => gate.pass(call), written });
let queue: Promise<void> = Promise.resolve();

port.on("message", (request: Request) => {
  if (request.kind === "close") {
    queue = queue.then(() => port.close());
    return;
  }
  queue = queue.then(async () => {
    if (request.kind === "forget") return tasks.forget(request.binding).catch(() => {}); // Nobody waits for an answer.
    try {
      const { outputs, held, afterReply } = await tasks.handle(request);
      const reply: Reply = { id: request.id, outputs, held };
      port.postMessage(
        reply,
        Object.values(outputs).map(({ buffer }) => buffer as ArrayBuffer),
      );
      afterReply?.();
    } catch (error) {
      const reply: Reply = { id: request.id, error: serialize(error) };
      port.postMessage(reply);
    }
  });
});
