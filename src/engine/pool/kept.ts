// Which bindings a worker keeps. The thread that gives it tasks decides: the worker forgets what it is told to.

import type { Binding, BindingStatistics } from "../types.ts";

/** An iteration's, and the next one's. */
const NEEDED = 2;

export class Kept {
  readonly #budget: number;
  /** In the order in which tasks first came for them, since two others had tasks. */
  #visits: Binding[] = [];
  /** Bytes of each, as the worker says; of others, what it said last is assumed. */
  readonly #bytes = new Map<string, number>();
  #last = 0;
  #hits = 0;
  #misses = 0;

  /** @param budget in bytes. */
  constructor(budget: number) {
    this.#budget = budget;
  }

  get statistics(): BindingStatistics {
    return { hits: this.#hits, misses: this.#misses, kept: this.#visits.length, bytes: this.#held, most: this.#budget };
  }

  get ids(): string[] {
    return this.#visits.map(({ id }) => id);
  }

  get #held(): number {
    return this.#visits.reduce((sum, { id }) => sum + (this.#bytes.get(id) ?? this.#last), 0);
  }

  has({ id }: Binding): boolean {
    return this.#visits.some((known) => known.id === id);
  }

  /** Notes that the worker has a task for a binding, and gives those that it must forget before. */
  visit(binding: Binding): Binding[] {
    const at = this.#visits.findIndex(({ id }) => id === binding.id);
    if (at >= 0 && at >= this.#visits.length - NEEDED) return [];
    if (at >= 0) this.#hits++;
    else this.#misses++;
    const others = this.#visits.filter(({ id }) => id !== binding.id);
    this.#visits = [...others, binding];
    const dropped: Binding[] = [];
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      this.#visits = this.#visits.filter((known) => known !== next);
      this.#bytes.delete(next.id);
      dropped.push(next);
    }
    return dropped;
  }

  /**
   * What to forget next, if anything. Of those that return, it is the one whose visit ended last: bindings that are
   * visited in turn would otherwise be forgotten each just before it returns.
   */
  #next(): Binding | undefined {
    const idle = this.#visits.slice(0, -NEEDED);
    const leaving = idle.find(({ returns = false }) => !returns);
    if (leaving !== undefined) return leaving;
    return this.#held > this.#budget ? idle.at(-1) : undefined;
  }

  /** What the worker keeps for a binding. */
  note(binding: Binding, bytes: number): void {
    if (!this.has(binding)) return;
    this.#bytes.set(binding.id, bytes);
    this.#last = bytes;
  }
}
