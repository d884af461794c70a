// A queue as a watcher sees it, asked again and again beside the folders: Redis may be slow, or gone for a while.

import type { QueueState } from "../../../cluster/types.ts";
import type { QueueLine } from "../../watch/types.ts";

/** Milliseconds between two looks, and those after which no answer counts as none. */
const LOOK_EVERY = 2000;
const PATIENCE = 3000;

/** What tells of a queue. */
export interface QueueView {
  /** Where it is, without what opens it. */
  readonly name: string;
  look(): Promise<QueueState>;
  close(): Promise<void>;
}

const NOTHING = { waiting: 0, later: 0, running: 0, workers: 0, jobs: [] } as const;

export class WatchedQueue {
  readonly #view: QueueView;
  readonly #told: (line: QueueLine) => void;
  #line: QueueLine | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  /** @param told when something has changed */
  constructor(view: QueueView, told: (line: QueueLine) => void) {
    this.#view = view;
    this.#told = told;
  }

  get line(): QueueLine | undefined {
    return this.#line;
  }

  /** Looks, then goes on by itself until it is closed. */
  async start(): Promise<void> {
    const line = await this.#look();
    if (this.#closed) return;
    const changed = JSON.stringify(line) !== JSON.stringify(this.#line);
    this.#line = line;
    if (changed) this.#told(line);
    this.#timer = setTimeout(() => void this.start(), LOOK_EVERY);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#view.close();
  }

  async #look(): Promise<QueueLine> {
    const { name } = this.#view;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("Redis gives no answer")), PATIENCE);
    });
    try {
      return { name, ...(await Promise.race([this.#view.look(), late])) };
    } catch (error) {
      // What was known last stands, and that it may be old.
      return { ...(this.#line ?? { name, ...NOTHING }), trouble: (error as Error).message };
    } finally {
      clearTimeout(timer);
    }
  }
}
