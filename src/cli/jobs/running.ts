// Runs a job for a command: its events on the terminal, its end as an exit code.

import type { Event, JobValue, LabOptions, Storage } from "../../lab/index.ts";
import { run } from "../../lab/index.ts";
import { defaults } from "../../lab/node/index.ts";
import { Interrupted, signalCode } from "../fail.ts";
import type { Ui } from "../ui.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export interface RunningOptions extends Pick<LabOptions, "checkpoint"> {
  /** Said at the first signal. */
  readonly stopping?: string;
  /** Said when the job has stopped. @param last number of the last checkpoint of this process, if there was one */
  readonly stopped?: (last: number | undefined) => string | undefined;
  readonly onEvent?: (event: Event) => void;
}

/** What a job gave, and whether it was finished before. */
export interface Ran<Result> {
  readonly result: Result;
  readonly already: boolean;
}

/**
 * Runs a job to its end. The first Ctrl-C, SIGTERM or SIGHUP (a closed terminal, a lost connection) stops it at its
 * next safe place, the second at once.
 *
 * @throws DatadamError what the job failed with; Interrupted after a signal
 */
export async function runJob<Result>(
  job: JobValue,
  storage: Storage,
  { reporter }: Ui,
  { stopping, stopped, onEvent, checkpoint }: RunningOptions = {},
): Promise<Ran<Result>> {
  const controller = new AbortController();
  let requested: NodeJS.Signals | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (requested !== undefined) process.exit(signalCode(signal));
    requested = signal;
    const name = signal === "SIGINT" ? "Ctrl-C" : signal;
    reporter.warn(`${name}: ${stopping ?? "stopping; what is finished is kept"} (again: stop at once)`);
    controller.abort(new Interrupted(signal));
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  const environment = { command: commandLine(), ...defaults.environment };
  const options = { ...defaults, environment, checkpoint, signal: controller.signal };
  let last: number | undefined;
  let end: Ran<Result> | undefined;
  try {
    for await (const event of run(job, storage, options)) {
      onEvent?.(event);
      if (event.type === "progress") reporter.progress(event);
      else if (event.type === "note") reporter.note(event.message);
      else if (event.type === "warning") reporter.warn(event.message);
      else if (event.type === "checkpoint") last = event.number;
      else if (event.type === "finished") end = { result: event.result as Result, already: event.already };
    }
  } finally {
    reporter.end();
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
  if (end !== undefined) return end;
  const message = stopped?.(last);
  if (message !== undefined) reporter.warn(message);
  throw new Interrupted(requested ?? "SIGINT");
}

/** The command as it was given, without the places of this machine. */
function commandLine(words: readonly string[] = process.argv.slice(2)): string {
  const shown: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const [flag, value] = words[i]!.split(/=(.*)/s);
    const place = { "--data-dir": "DIR", "--out": "OUT" }[flag!];
    shown.push(place === undefined ? quote(words[i]!) : `${flag} ${place}`);
    if (place !== undefined && value === undefined) i++;
  }
  return ["datadam", ...shown].join(" ");
}

function quote(word: string): string {
  return /^[\w.,:=/@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
