// Events on their way from the work to who iterates: in order, and never more than a reader can use.

import type { Event } from "./types.ts";

/** A queue that one reader iterates. */
export interface EventQueue extends AsyncIterable<Event> {
  readonly closed: boolean;
  /** Adds an event. Of steps of one stage that nobody has read yet, the newest stays. */
  push(event: Event): void;
  /** No more will come. */
  close(): void;
  /** Nobody will read: events are dropped from now on. */
  discard(): void;
}

export function eventQueue(): EventQueue {
  const waiting: Event[] = [];
  let closed = false;
  let discarded = false;
  let wake: () => void = () => {};
  return {
    get closed() {
      return closed;
    },
    push(event) {
      if (discarded) return;
      const last = waiting.at(-1);
      const replaces = event.type === "progress" && last?.type === "progress" && last.stage === event.stage;
      if (replaces) waiting.pop();
      waiting.push(event);
      wake();
    },
    close() {
      closed = true;
      wake();
    },
    discard() {
      discarded = true;
      waiting.length = 0;
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const event = waiting.shift();
        if (event !== undefined) yield event;
        else if (closed) return;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    },
  };
}
