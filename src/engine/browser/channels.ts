// Web workers, and the thread at hand, as channels.

import { DatadamError } from "../../errors.ts";
import { answering } from "../pool/answer.ts";
import type { OpenChannel } from "../pool/channel.ts";
import type { Reply } from "../protocol.ts";
import type { Device } from "../types.ts";
import { hostOf } from "./runtime.ts";
import type { Setup } from "./worker.ts";

/** Starts a web worker. */
export function webWorker(device: Device): OpenChannel {
  return ({ onReply, onEnd }) => {
    // As bundlers know it: they bundle the worker, and put its address here.
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Reply>) => onReply(data);
    worker.onerror = (event) => {
      event.preventDefault();
      onEnd(
        new DatadamError("BACKEND_UNAVAILABLE", `A web worker failed: ${event.message ?? "it could not be loaded"}`, {
          hint: "The bundle needs the module datadam/engine/worker beside it, as worker.js (Vite does that by itself).",
        }),
      );
    };
    const setup: Setup = { device };
    worker.postMessage(setup);
    return {
      post: (request) => worker.postMessage(request),
      hold() {},
      async close() {
        worker.terminate();
      },
    };
  };
}

/** Answers in this thread, which stands still during each run. */
export function thisThread(device: Device): OpenChannel {
  return ({ onReply }) => {
    const answer = answering(
      hostOf(device),
      (reply) => onReply(reply),
      () => closed(),
    );
    let closed = (): void => {};
    return {
      post: answer,
      hold() {},
      close: () =>
        new Promise((resolve) => {
          closed = resolve;
          answer({ kind: "close" });
        }),
    };
  };
}
