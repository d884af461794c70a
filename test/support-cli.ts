// The built command line as a child process. Needs `npm run build` (`npm test` does it first).

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const MAIN: string = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));

export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliProcess {
  readonly child: ChildProcess;
  readonly finished: Promise<CliResult>;
  /** What it has said on stderr so far. */
  stderr(): string;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts `datadam <words>` with no settings from this process's environment. */
export function startCli(words: readonly string[], { cwd, env = {} }: CliOptions = {}): CliProcess {
  if (!existsSync(MAIN)) throw new Error("dist/ is missing: npm run build");
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith("DATADAM_")));
  const child = spawn(process.execPath, [MAIN, ...words], {
    cwd,
    env: { ...inherited, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const finished = new Promise<CliResult>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, finished, stderr: () => stderr };
}

/** Runs `datadam <words>` to its end. */
export function runCli(words: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return startCli(words, options).finished;
}

/** Resolves when `ready` holds, or the process has ended. */
export async function until(process: CliProcess, ready: () => boolean): Promise<void> {
  let ended = false;
  void process.finished.then(() => {
    ended = true;
  });
  while (!ended && !ready()) await new Promise((resolve) => setTimeout(resolve, 5));
}
