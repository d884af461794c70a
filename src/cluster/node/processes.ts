// Jobs as processes: each is given one job after another, since starting one takes longer than a small job. How they
// are stopped, and how they ended.

import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";

/** Text of a process that is kept, to say why it ended. */
const KEPT = 4000;
/** Milliseconds after which a process is given no further job, and after which one that waits for a job is ended. */
const YOUNG = 60_000;
const IDLE = 30_000;

/** Exit codes of a worker: to be started again; not worth another try. */
export const CODES = { again: 75, wrong: 2 } as const;

/** How a job, or the process that did it, ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last that it said. */
  readonly why: string;
}

/** Processes of this machine that do jobs of plans, as many as are asked for at once. */
export class JobProcesses {
  readonly #words: (plan: string) => readonly string[];
  #idle: { readonly plan: string; readonly process: JobProcess; readonly timer: NodeJS.Timeout }[] = [];

  /** @param words a program and its arguments: it takes numbers of jobs from stdin, and answers each with a line */
  constructor(words: (plan: string) => readonly string[]) {
    this.#words = words;
  }

  /**
   * Does a job. The abortion of `signal` is passed on as SIGTERM.
   *
   * @param onLine takes each line that its process says on stderr.
   */
  async run(
    plan: string,
    index: number,
    signal: AbortSignal,
    onLine: (line: string) => void = () => {},
  ): Promise<Ended> {
    const process = this.#take(plan) ?? new JobProcess(this.#words(plan));
    const ended = await process.run(index, signal, onLine);
    if (process.isYoung) this.#keep(plan, process);
    else process.close();
    return ended;
  }

  /** Ends those that wait for a job. */
  close(): void {
    for (const { process, timer } of this.#idle.splice(0)) {
      clearTimeout(timer);
      process.close();
    }
  }

  #take(plan: string): JobProcess | undefined {
    for (;;) {
      const at = this.#idle.findIndex((one) => one.plan === plan);
      // One of another plan makes room for the one that is started instead.
      const one = at < 0 ? this.#idle.shift() : this.#idle.splice(at, 1)[0];
      if (one === undefined) return undefined;
      clearTimeout(one.timer);
      if (at >= 0 && one.process.isYoung) return one.process;
      one.process.close();
      if (at < 0) return undefined;
    }
  }

  #keep(plan: string, process: JobProcess): void {
    const timer = setTimeout(() => {
      this.#idle = this.#idle.filter((one) => one.process !== process);
      process.close();
    }, IDLE);
    this.#idle.push({ plan, process, timer });
  }
}

class JobProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<Ended>;
  readonly #born = performance.now();
  #said = "";
  #over = false;
  #onLine: (line: string) => void = () => {};
  #onAnswer: (line: string) => void = () => {};

  constructor([program, ...words]: readonly string[]) {
    const child = spawn(program!, words, { stdio: "pipe" });
    this.#child = child;
    // One that is gone takes nothing: how it ended says why.
    child.stdin.on("error", () => {});
    eachLine(child.stdout, (line) => this.#onAnswer(line));
    eachLine(child.stderr, (line) => {
      this.#said = `${this.#said}${line}\n`.slice(-KEPT);
      this.#onLine(line);
    });
    this.#ended = new Promise((resolve) => {
      const end = (ended: Ended): void => {
        this.#over = true;
        resolve(ended);
      };
      child.on("error", ({ message }) => end({ code: null, signal: null, why: message }));
      child.on("close", (code, signal) => end({ code, signal, why: this.#why(code) }));
    });
  }

  /** Whether it may be given another job. */
  get isYoung(): boolean {
    const { exitCode, signalCode } = this.#child;
    return !this.#over && exitCode === null && signalCode === null && performance.now() - this.#born < YOUNG;
  }

  async run(index: number, signal: AbortSignal, onLine: (line: string) => void): Promise<Ended> {
    const stop = (): void => void this.#child.kill("SIGTERM");
    const answered = new Promise<Ended>((resolve) => {
      this.#onAnswer = (line) => {
        const ended = answerOf(line, index);
        if (ended !== undefined) resolve(ended);
      };
    });
    this.#onLine = onLine;
    this.#said = "";
    this.#child.stdin!.write(`${index}\n`);
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    try {
      const ended = await Promise.race([answered, this.#ended]);
      // What it said before its answer comes by another pipe, in the same turn at the latest.
      await new Promise(setImmediate);
      return ended;
    } finally {
      signal.removeEventListener("abort", stop);
      this.#onLine = () => {};
    }
  }

  /** It ends when its job is done. */
  close(): void {
    this.#child.stdin!.end();
  }

  #why(code: number | null): string {
    const lines = this.#said.trim().split("\n");
    const error = lines.find((line) => line.startsWith("error: "))?.slice("error: ".length);
    return error ?? (lines.at(-1) || `it ended with code ${code}`);
  }
}

/** Undefined where a line is no answer: libraries may say something, too. */
function answerOf(line: string, index: number): Ended | undefined {
  if (!line.startsWith(`{"index":${index},"end":`)) return undefined;
  const { end } = JSON.parse(line) as { readonly end: string };
  const again = end === "held" || end === "early";
  return { code: again ? CODES.again : 0, signal: null, why: "" };
}

function eachLine(stream: Readable, take: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) take(line);
  });
  stream.on("end", () => rest !== "" && take(rest));
}
