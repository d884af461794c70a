// What a session host does with its messages: one request at a time, answered in order.

import { DatadamError, type ErrorCode } from "../../errors.ts";
import type { Host } from "../host.ts";
import type { Reply, Request, SerializedError } from "../protocol.ts";
import { Tasks } from "../tasks.ts";

/** Sends an answer; arrays in `transfer` are given away. */
export type Send = (reply: Reply, transfer: ArrayBuffer[]) => void;

/**
 * Takes requests in any number, and answers one after another.
 *
 * @param onClosed called once what was asked before the request to close is answered.
 */
export function answering(host: Host, send: Send, onClosed: () => void): (request: Request) => void {
  const tasks = new Tasks(host);
  let queue: Promise<void> = Promise.resolve();
  return (request) => {
    queue = queue.then(async () => {
      if (request.kind === "close") return onClosed();
      if (request.kind === "forget") return tasks.forget(request.binding).catch(() => {}); // Nobody waits.
      try {
        const { outputs, held, afterReply } = await tasks.handle(request);
        send(
          { id: request.id, outputs, held },
          Object.values(outputs).map(({ buffer }) => buffer as ArrayBuffer),
        );
        afterReply?.();
      } catch (error) {
        send({ id: request.id, error: serialize(error) }, []);
      }
    });
  };
}

/** An error as a message takes it. */
export function serialize(error: unknown): SerializedError {
  if (error instanceof DatadamError) return { code: error.code, message: error.message, hint: error.hint };
  return { code: undefined, message: error instanceof Error ? error.message : String(error), hint: undefined };
}

/** The error that {@link serialize} was given. */
export function revive({ code, message, hint }: SerializedError): Error {
  return code === undefined ? new Error(message) : new DatadamError(code as ErrorCode, message, { hint });
}
