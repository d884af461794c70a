// Which version of the values in training shared memory holds: the worker that makes a step answers before it writes
// them.

import { sharedMemory } from "../../sharedMemory.ts";

/**
 * A worker is waited for so often, so long each time. A process that was stopped meanwhile uses up one wait, not all.
 */
const WAITS = 10;
const MILLISECONDS = 3000;

/** One integer in shared memory, which only grows. */
export class PublishedVersion {
  readonly memory: SharedArrayBuffer;
  readonly #version: Int32Array;

  constructor(memory: SharedArrayBuffer = sharedMemory(4)) {
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
    let left = WAITS;
    for (let now = Atomics.load(this.#version, 0); now < version; now = Atomics.load(this.#version, 0)) {
      if (!timesOut(this.#version, now)) continue;
      left -= 1;
      if (left === 0) throw new Error("engine: a worker thread ended in the middle of a step");
    }
  }
}

/** Blocks while the integer is `now`, {@link MILLISECONDS} at most: then true. A page's main thread may only look. */
function timesOut(integer: Int32Array, now: number): boolean {
  if (typeof window === "undefined") return Atomics.wait(integer, 0, now, MILLISECONDS) === "timed-out";
  const until = performance.now() + MILLISECONDS;
  while (Atomics.load(integer, 0) === now) if (performance.now() > until) return true;
  return false;
}
