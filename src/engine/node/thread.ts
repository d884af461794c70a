// A worker thread of Node as a channel.

import { Worker } from "node:worker_threads";
import { DatadamError } from "../../errors.ts";
import type { OpenChannel } from "../pool/channel.ts";
import type { Reply, WorkerSetup } from "../protocol.ts";
import type { Device } from "../types.ts";
import { Gate, holdExit } from "./gate.ts";

/** Threads do not pass through a test runner's TypeScript loader: from the source tree, the built file is used. */
const WORKER = new URL(
  import.meta.url.endsWith(".ts") ? "../../../dist/engine/node/worker.js" : "./worker.js",
  import.meta.url,
);

/** Starts a thread. */
export function thread(device: Device): OpenChannel {
  return ({ onReply, onEnd }) => {
    const gate = new Gate();
    const setup: WorkerSetup = { device, gate: gate.memory };
    // No flags of the process: some of them (--input-type, a loader) do not fit a thread.
    const worker = new Worker(WORKER, { workerData: setup, execArgv: [] });
    worker.on("message", (reply: Reply) => onReply(reply));
    worker.on("error", (cause) => {
      onEnd(new DatadamError("BACKEND_UNAVAILABLE", `A worker thread failed: ${(cause as Error).message}`, { cause }));
    });
    worker.on("exit", (code) => onEnd(new Error(`engine: a worker thread ended with exit code ${code}`)));
    const exited = new Promise((resolve) => worker.once("exit", resolve));
    exited.then(holdExit(gate));
    // After the listeners: adding one for messages makes the worker hold the process again.
    worker.unref();
    return {
      post: (request) => worker.postMessage(request),
      hold: (held) => (held ? worker.ref() : worker.unref()),
      async close() {
        gate.shut();
        worker.ref();
        worker.postMessage({ kind: "close" });
        await exited;
      },
    };
  };
}
