// Jobs as processes: how they are started, stopped, and how they ended.

import { spawn } from "node:child_process";

/** Text of a process that is kept, to say why it ended. */
const KEPT = 4000;

/** Exit codes of a worker: to be started again; not worth another try. */
export const CODES = { again: 75, wrong: 2 } as const;

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last that it said. */
  readonly why: string;
}

/**
 * Runs a program to its end. The abortion of `signal` is passed on as SIGTERM.
 *
 * @param onLine takes each line that it says on stderr.
 */
export function runProcess(
  [program, ...words]: readonly string[],
  signal: AbortSignal,
  onLine: (line: string) => void = () => {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(program!, words, { stdio: ["ignore", "ignore", "pipe"] });
    let [said, rest] = ["", ""];
    const stop = (): void => void child.kill("SIGTERM");
    const end = (code: number | null, by: NodeJS.Signals | null, why: string): void => {
      signal.removeEventListener("abort", stop);
      resolve({ code, signal: by, why });
    };
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-KEPT);
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) onLine(line);
    });
    child.on("error", (error) => end(null, null, error.message));
    child.on("close", (code, by) => {
      const lines = said.trim().split("\n");
      const error = lines.find((line) => line.startsWith("error: "))?.slice("error: ".length);
      end(code, by, error ?? (lines.at(-1) || `it ended with code ${code}`));
    });
  });
}
