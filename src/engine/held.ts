// Which values of a training the shared memory holds: who makes a step answers before it has written them there.

/** How long a worker that goes on may take to write what it has. */
const PATIENCE = 30_000;

/** One integer in shared memory, which only grows. */
export class Held {
  readonly memory: SharedArrayBuffer;
  readonly #version: Int32Array;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(4)) {
    this.memory = memory;
    this.#version = new Int32Array(memory);
  }

  /** The memory holds `version`. */
  set(version: number): void {
    Atomics.store(this.#version, 0, version);
    Atomics.notify(this.#version, 0);
  }

  /** Blocks until the memory holds `version` or a later one: the time of a copy. */
  wait(version: number): void {
    for (let now = Atomics.load(this.#version, 0); now < version; now = Atomics.load(this.#version, 0)) {
      if (Atomics.wait(this.#version, 0, now, PATIENCE) === "timed-out") {
        throw new Error("engine: a worker thread ended in the middle of a step");
      }
    }
  }
}
