// The built command line as a child process. Needs `npm run build` (`npm test` does it first).

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
  /** Resolves when it stands still at `pauseAt`. It fails where the process ends before. */
  paused(): Promise<void>;
  /** Lets it go on from there. */
  goOn(): void;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Words of stderr at which it stands still until it is told to go on: for what has to be caught in the midst. */
  readonly pauseAt?: string;
}

const PAUSE = new URL("support/pause.mjs", import.meta.url).href;

/** Starts `datadam <words>` with no settings from this process's environment. */
export function startCli(words: readonly string[], { cwd, env = {}, pauseAt }: CliOptions = {}): CliProcess {
  if (!existsSync(MAIN)) throw new Error("dist/ is missing: npm run build");
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith("DATADAM_")));
  const signs = pauseAt === undefined ? undefined : mkdtempSync(join(tmpdir(), "datadam-pause-"));
  const goes = join(signs ?? "", "go");
  const pausing = pauseAt === undefined ? {} : { PAUSE_AT: pauseAt, PAUSE_UNTIL: goes };
  const before = pauseAt === undefined ? [] : ["--import", PAUSE];
  const child = spawn(process.execPath, [...before, MAIN, ...words], {
    cwd,
    env: { ...inherited, ...pausing, ...env },
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
    child.on("close", (code, signal) => {
      if (signs !== undefined) rmSync(signs, { recursive: true });
      resolve({ code, signal, stdout, stderr });
    });
  });
  const started: CliProcess = {
    ...{ child, finished, stderr: () => stderr },
    async paused() {
      await until(started, () => stderr.includes(pauseAt!));
      if (child.exitCode !== null) throw new Error(`it ended before it said ${pauseAt}: ${stderr}`);
    },
    goOn: () => writeFileSync(goes, ""),
  };
  return started;
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
