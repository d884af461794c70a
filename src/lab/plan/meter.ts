// Measures phases: some steps of the real work, the memory meanwhile, and what the whole will take by them.

import { median as middleOf } from "../../statistics/index.ts";
import type { PlanPhase, WatchMemory } from "./types.ts";

/** Seconds of one series of steps, and the fewest and the most steps of it. */
const ENOUGH = { seconds: 5, least: 5, most: 60 } as const;
/** A step that takes longer than a whole series is not repeated. */
const LONG = 2 * ENOUGH.seconds;
/** First steps, which compile what later ones use. */
const WARM = 2;

/** What measuring a phase gave. */
export interface Measured {
  /** Of the whole phase. */
  readonly seconds: number;
  /** Units that were done. */
  readonly measured: number;
  readonly disk?: number;
  /** Bytes that the real phase holds beside what was resident while it was measured. */
  readonly more?: number;
}

/** Collects the phases of a plan. */
export class Meter {
  readonly phases: PlanPhase[] = [];
  readonly notes: string[] = [];
  readonly #watch: WatchMemory | undefined;
  readonly #note: (message: string) => void;
  readonly #signal: AbortSignal;
  /** Bytes that the real work holds from here on, and measuring does not. */
  #held = 0;

  constructor(watch: WatchMemory | undefined, signal: AbortSignal, note: (message: string) => void) {
    this.#watch = watch;
    this.#signal = signal;
    this.#note = note;
  }

  /** Measures a phase and adds it. With nothing left to do (`count` 0) it takes nothing, and is not measured. */
  async phase(
    name: string,
    count: number | (() => number),
    unit: string,
    measure: () => Promise<Measured>,
  ): Promise<Measured> {
    this.#signal.throwIfAborted();
    if (count === 0) {
      this.phases.push({ name, count, unit, seconds: 0, memory: null, disk: 0, measured: 0 });
      return { seconds: 0, measured: 0 };
    }
    this.#note(`measuring: ${name}`);
    const stop = this.#watch?.();
    let peak: number | undefined;
    let found: Measured;
    try {
      found = await measure();
    } finally {
      peak = stop?.();
    }
    this.#signal.throwIfAborted();
    const { seconds, measured, disk = 0, more = 0 } = found;
    const memory = peak === undefined ? null : peak + this.#held + more;
    this.phases.push({
      ...{ name, count: typeof count === "number" ? count : count(), unit },
      ...{ seconds, memory, disk, measured },
    });
    return found;
  }

  /**
   * Adds several phases as one, such as all that a cell of a table takes.
   *
   * @param work measures them with a meter of its own.
   * @param times how often all of it is done, of which `work` measures one.
   */
  async gather(name: string, times: number, unit: string, work: (meter: Meter) => Promise<void>): Promise<void> {
    const own = new Meter(this.#watch, this.#signal, (message) => this.#note(`${name}: ${message}`));
    await work(own);
    const { seconds, memory, disk } = totalOf(own.phases);
    this.phases.push({
      ...{ name, count: times, unit },
      seconds: times * seconds,
      memory: memory === null ? null : memory + this.#held,
      disk: times * disk,
      measured: own.phases.some(({ measured }) => measured > 0) ? 1 : 0,
    });
    for (const sentence of own.notes) this.remark(sentence);
  }

  /** Adds a phase that follows from sizes alone. */
  add(name: string, count: number, unit: string, disk: number): void {
    this.phases.push({ name, count, unit, seconds: 0, memory: null, disk, measured: 0 });
  }

  /** From here on the real work holds so many bytes more than was measured. */
  hold(bytes: number): void {
    this.#held += bytes;
  }

  /** Says what was taken for granted, once. */
  remark(sentence: string): void {
    if (!this.notes.includes(sentence)) this.notes.push(sentence);
  }
}

/** What phases one after the other take: sums of seconds and disk, the most of memory. */
export function totalOf(phases: readonly PlanPhase[]): Pick<PlanPhase, "seconds" | "memory" | "disk"> {
  const known = phases.flatMap(({ memory }) => (memory === null ? [] : [memory]));
  return {
    seconds: sum(phases.map(({ seconds }) => seconds)),
    memory: known.length === 0 ? null : Math.max(...known),
    disk: sum(phases.map(({ disk }) => disk)),
  };
}

/** Whether steps of so many seconds tell what the next ones will take. */
export function isEnough(times: readonly number[], most: number = ENOUGH.most): boolean {
  const all = sum(times);
  if (times.length >= most || (times.length > 0 && all >= LONG)) return true;
  return times.length >= ENOUGH.least && all >= ENOUGH.seconds;
}

/** Seconds of each step, one after the other, until they are enough to go by. */
export async function timesOf<T>(steps: readonly T[], work: (step: T) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (const step of steps) {
    const began = performance.now();
    await work(step);
    times.push((performance.now() - began) / 1000);
    if (isEnough(times)) break;
  }
  return times;
}

/** Seconds of `count` steps whose first ones took `times`: the first two as they were, the others as their median. */
export function project(times: readonly number[], count: number): number {
  if (times.length === 0) return 0;
  const warm = Math.min(WARM, times.length - 1, Math.floor(count));
  return sum(times.slice(0, warm)) + (count - warm) * median(times.slice(warm));
}

/** Seconds of a step, once those that compile are done. */
export function pace(times: readonly number[]): number {
  return median(times.slice(Math.min(WARM, times.length - 1)));
}

/**
 * Seconds of `total` equal pieces of work, `lanes` of them at a time: rounds of that many, then of those left over.
 *
 * @param measure seconds of each piece where so many are done side by side.
 */
export async function sideBySide(
  total: number,
  lanes: number,
  measure: (lanes: number) => Promise<number>,
): Promise<number> {
  const rounds = Math.floor(total / lanes);
  const left = total % lanes;
  const whole = rounds === 0 ? 0 : rounds * (await measure(lanes));
  return whole + (left === 0 ? 0 : await measure(left));
}

/** 0 of nothing. */
export function median(values: readonly number[]): number {
  return values.length === 0 ? 0 : middleOf(values);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
