// Talk on stderr while work goes on: one redrawn line, plain lines, or JSON lines. Results are not its business.

import { withFlags } from "./fail.ts";
import { json, message, name as oneLine } from "./text/text.ts";

/** One step of a stage of work. */
export interface Progress {
  /** e.g. `distilling`. */
  readonly stage: string;
  readonly done: number;
  readonly total: number;
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
  let stage: { name: string; started: number; first: number } | undefined;
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
        stage = { name: step.stage, started: time, first: step.done };
      }
      const left = remaining(step, stage!, time);
      const { stage: name, done, total } = step;
      if (mode === "json") {
        write(`${json({ event: "progress", stage: name, done, total, remaining: left ?? null, ...step.data })}\n`);
        return;
      }
      const interval = mode === "tty" ? TTY_INTERVAL : PLAIN_INTERVAL;
      if (!fresh && done < total && time - shownAt < interval) return;
      shownAt = time;
      const text = oneLine(describe(step, left));
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

/** Seconds left at the pace of this stage; unknown until one step has been timed. */
function remaining(step: Progress, stage: { started: number; first: number }, time: number): number | undefined {
  const steps = step.done - stage.first;
  if (steps <= 0) return step.done >= step.total ? 0 : undefined;
  return Number((((time - stage.started) / 1000 / steps) * (step.total - step.done)).toFixed(1));
}

/** Work measured as a share (total 1) is told by its percentage alone. */
function describe(step: Progress, left: number | undefined): string {
  const percent = step.total > 0 ? Math.floor((100 * step.done) / step.total) : 100;
  const parts = [
    step.total === 1 ? `${step.stage} ${percent} %` : `${step.stage} ${step.done}/${step.total} (${percent} %)`,
  ];
  if (step.detail !== undefined) parts.push(step.detail);
  if (left !== undefined && step.done < step.total) parts.push(`${duration(left)} left`);
  return parts.join(", ");
}
