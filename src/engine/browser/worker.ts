// A web worker: answers requests.

import { answering } from "../pool/answer.ts";
import type { Request } from "../protocol.ts";
import type { Device } from "../types.ts";
import { hostOf } from "./runtime.ts";

/** What the first message says. */
export interface Setup {
  readonly device: Device;
}

/** What is used of a worker's global scope, which the types of pages lack. */
const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  close(): void;
};

let answer: ((request: Request) => void) | undefined;

scope.onmessage = ({ data }: MessageEvent<Setup | Request>) => {
  if ("device" in data) {
    answer = answering(
      hostOf(data.device),
      (reply, transfer) => scope.postMessage(reply, transfer),
      () => scope.close(),
    );
  } else answer!(data);
};
