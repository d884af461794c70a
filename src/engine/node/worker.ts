// A worker thread of Node: answers requests. ONNX Runtime blocks the calling thread, so it lives here and nowhere else.

import { parentPort, workerData } from "node:worker_threads";
import { unavailable } from "../backends.ts";
import type { Runtime } from "../host.ts";
import { answering } from "../pool/answer.ts";
import type { WorkerSetup } from "../protocol.ts";
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

port.on(
  "message",
  answering(
    { device, runtime, enter: (call) => gate.pass(call), fillsOutputs: true, laysOut: true, written },
    (reply, transfer) => port.postMessage(reply, transfer),
    () => port.close(),
  ),
);
