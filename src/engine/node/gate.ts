// Keeps a thread from being ended while it is inside ONNX Runtime: that would abort the process.

const IDLE = 0;
const BUSY = 1;
/** Busy, and shut: nothing may follow. */
const CLOSING = 2;
const CLOSED = 3;

/** One thread's way into ONNX Runtime, seen from that thread and from the one that started it. */
export class Gate {
  readonly memory: SharedArrayBuffer;
  readonly #state: Int32Array;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(4)) {
    this.memory = memory;
    this.#state = new Int32Array(memory);
  }

  /** In the thread, one call at a time: runs `inside`, unless the gate is shut. */
  async pass<T>(inside: () => Promise<T>): Promise<T> {
    if (Atomics.compareExchange(this.#state, 0, IDLE, BUSY) !== IDLE) throw new Error("engine: closed");
    try {
      return await inside();
    } finally {
      if (Atomics.compareExchange(this.#state, 0, BUSY, IDLE) !== BUSY) {
        Atomics.store(this.#state, 0, CLOSED);
        Atomics.notify(this.#state, 0);
      }
    }
  }

  /** From outside: lets nothing more in. */
  shut(): void {
    for (let now = Atomics.load(this.#state, 0); now < CLOSING; now = Atomics.load(this.#state, 0)) {
      Atomics.compareExchange(this.#state, 0, now, now === BUSY ? CLOSING : CLOSED);
    }
  }

  /** From outside, blocking: waits until what is inside is done, at most `milliseconds`. */
  wait(milliseconds: number): void {
    Atomics.wait(this.#state, 0, CLOSING, milliseconds);
  }
}

const open = new Set<Gate>();
/** Milliseconds that the end of the process waits for one thread, at most. */
const PATIENCE = 10_000;

function leave(): void {
  for (const gate of open) gate.shut();
  for (const gate of open) gate.wait(PATIENCE);
}

/**
 * Makes the end of the process (`process.exit`, an uncaught error) wait for what is inside.
 *
 * @returns undoes it.
 */
export function holdExit(gate: Gate): () => void {
  if (open.size === 0) process.on("exit", leave);
  open.add(gate);
  return () => {
    open.delete(gate);
    if (open.size === 0) process.off("exit", leave);
  };
}
