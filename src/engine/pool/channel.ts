// The way to one session host: a thread of Node, a web worker, or this thread.

import type { Reply, Request } from "../protocol.ts";

/** What a channel tells. */
export interface Listener {
  onReply(reply: Reply): void;
  /** The host has ended: nothing more is answered. */
  onEnd(error: Error): void;
}

export interface Channel {
  post(request: Request): void;
  /** Whether answers are waited for, so that the process must not end. */
  hold(held: boolean): void;
  /** Ends the host after the run that it is in; resolves when it has ended. */
  close(): Promise<void>;
}

export type OpenChannel = (listener: Listener) => Channel;
