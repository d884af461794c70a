// A clock for tests of claims: time passes only where a test makes it pass.

import type { Clock } from "../../src/storage/index.ts";

/** Stands still until `pass` or `passUntil`. */
export class FakeClock implements Clock {
  #time = 0;
  #sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  now(): number {
    return this.#time;
  }
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#sleepers.push({ at: this.#time + milliseconds, wake: resolve });
      signal?.addEventListener("abort", () => resolve());
    });
  }
  /** Time passes until something has settled. */
  async passUntil<T>(work: Promise<T>): Promise<T> {
    let settled = false;
    const end = (): void => {
      settled = true;
    };
    work.then(end, end);
    while (!settled) await this.pass(100);
    return work;
  }
  /** Time passes in small steps, with what wakes in between done before the next. */
  async pass(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= 100) {
      this.#time += 100;
      const due = this.#sleepers.filter(({ at }) => at <= this.#time);
      this.#sleepers = this.#sleepers.filter((sleeper) => !due.includes(sleeper));
      for (const { wake } of due) wake();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
