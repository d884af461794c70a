// Talk on stderr while work goes on: one redrawn line, plain lines, or JSON lines. Results are not its business.

import { withFlags } from "./fail.ts";
import { json, message, name as oneLine } from "./text.ts";

/** One step of a stage of work. */
export interface Progress {
  /** e.g. `distilling`. */
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  /** Work of later stages, in steps of this one. Default: not known. */
  readonly ahead?: number | undefined;
  /** Short and human: `loss 12.3`. */
  readonly detail?: string | undefined;
  /** For the JSON lines. */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}

export interface Reporter {
  progress(step: Progress): void;
  /** A line of information. */
  note(message: string): void;
  /** A line that quiet mode shows too. */
  warn(message: string): void;
  /** Ends a redrawn line. */
  end(): void;
}

export type ReporterMode = "tty" | "plain" | "json";

export interface ReporterOptions {
  readonly mode: ReporterMode;
  readonly quiet?: boolean;
  readonly write: (text: string) => void;
  /** Milliseconds, monotonic. */
  readonly now?: () => number;
  /** Width of the terminal. Default 80. */
  readonly columns?: () => number | undefined;
}

const TTY_INTERVAL = 100;
const PLAIN_INTERVAL = 5000;

/** Chooses the mode: `auto` redraws only on a terminal that is not a CI log. */
export function chooseMode(
  wanted: "auto" | ReporterMode,
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): ReporterMode {
  if (wanted !== "auto") return wanted;
  const interactive = stream.isTTY === true && !environment.CI && environment.TERM !== "dumb";
  return interactive ? "tty" : "plain";
}

export function createReporter({
  mode,
  quiet = false,
  write,
  now = () => performance.now(),
  columns,
}: ReporterOptions): Reporter {
  let stage: { name: string; pace: Pace } | undefined;
  let shownAt = Number.NEGATIVE_INFINITY;
  let drawn = false;
  const clear = (): void => {
    if (drawn) write("\r\x1b[2K");
    drawn = false;
  };
  const line = (kind: "note" | "warning", what: string): void => {
    clear();
    const text = withFlags(what);
    if (mode === "json") write(`${json({ event: kind, message: text })}\n`);
    else write(`${kind === "warning" ? "warning: " : ""}${message(text)}\n`);
  };
  return {
    progress(step) {
      if (quiet) return;
      const time = now();
      const fresh = stage?.name !== step.stage;
      if (fresh) {
        if (drawn) write("\n");
        drawn = false;
        stage = { name: step.stage, pace: new Pace(step.done, time) };
      }
      const left = stage!.pace.remaining(step, time);
      const { stage: name, done, total } = step;
      if (mode === "json") {
        const all = step.ahead === undefined ? {} : { remainingInAll: inAll(step, stage!.pace, time) ?? null };
        const told = { event: "progress", stage: name, done, total, remaining: left ?? null, ...all, ...step.data };
        write(`${json(told)}\n`);
        return;
      }
      const interval = mode === "tty" ? TTY_INTERVAL : PLAIN_INTERVAL;
      if (!fresh && done < total && time - shownAt < interval) return;
      shownAt = time;
      const text = oneLine(describe(step, left, inAll(step, stage!.pace, time)));
      if (mode === "plain") {
        write(`${text}\n`);
      } else {
        write(`\r\x1b[2K${text.slice(0, (columns?.() ?? 80) - 1)}`);
        drawn = true;
        if (done >= total) this.end();
      }
    },
    note(what) {
      if (!quiet) line("note", what);
    },
    warn: (what) => line("warning", what),
    end() {
      if (drawn) write("\n");
      drawn = false;
      stage = undefined;
    },
  };
}

/** `1 h 02 min`, `3 min 05 s`, `12 s`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number): string => String(value).padStart(2, "0");
  if (whole >= 3600) return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
  if (whole >= 60) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${whole} s`;
}

/** Steps by which the pace is known, for telling a pause. */
const RECENT = 32;
/** Milliseconds, and times the usual, from which on a step was interrupted: the process or the machine stood still. */
const [PAUSE, UNUSUAL] = [10_000, 10];

/** How fast a stage goes. Pauses of the process or the laptop do not count. */
class Pace {
  readonly #first: number;
  #done: number;
  #time: number;
  /** Milliseconds of work. */
  #worked = 0;
  /** Milliseconds a step, of the last ones. */
  readonly #recent: number[] = [];

  /** @param first steps that were done when the stage began. */
  constructor(first: number, time: number) {
    this.#first = first;
    this.#done = first;
    this.#time = time;
  }

  /** Seconds left at this pace; unknown until one step has been timed. */
  remaining({ done, total }: Progress, time: number): number | undefined {
    this.#take(done, time);
    const steps = done - this.#first;
    if (steps <= 0) return done >= total ? 0 : undefined;
    return Number(((this.#worked / 1000 / steps) * (total - done)).toFixed(1));
  }

  #take(done: number, time: number): void {
    const [steps, gap] = [done - this.#done, time - this.#time];
    if (steps <= 0) return;
    const usual = [...this.#recent].sort((a, b) => a - b)[this.#recent.length >> 1];
    const paused = usual !== undefined && gap > PAUSE && gap > UNUSUAL * usual * steps;
    this.#worked += paused ? usual * steps : gap;
    // What lasts is no pause: it becomes the usual.
    this.#recent.push(gap / steps);
    if (this.#recent.length > RECENT) this.#recent.shift();
    this.#done = done;
    this.#time = time;
  }
}

/** The same with later stages; undefined where nothing is known of any. */
function inAll(step: Progress, pace: Pace, time: number): number | undefined {
  if (step.ahead === undefined) return undefined;
  return pace.remaining({ ...step, total: step.total + step.ahead }, time);
}

/** Work measured as a share (total 1) is told by its percentage alone. */
function describe(step: Progress, left: number | undefined, all: number | undefined): string {
  const percent = step.total > 0 ? Math.floor((100 * step.done) / step.total) : 100;
  const parts = [
    step.total === 1 ? `${step.stage} ${percent} %` : `${step.stage} ${step.done}/${step.total} (${percent} %)`,
  ];
  if (step.detail !== undefined) parts.push(step.detail);
  if (left !== undefined && step.done < step.total) parts.push(`${duration(left)} left`);
  if (all !== undefined) parts.push(`${duration(all)} left in all`);
  return parts.join(", ");
}
