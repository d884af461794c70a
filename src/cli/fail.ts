// Failures as a person should read them: what was wrong, what helps, and the exit code.

import { sep } from "node:path";
import { readingArguments } from "../data/readingTable.ts";
import { DatadamError } from "../errors.ts";
import { EXIT } from "./parse.ts";
import { message, stack } from "./text/text.ts";

/** Thrown after a signal was obeyed: everything is saved and said. */
export class Interrupted extends Error {
  readonly exitCode: number;
  constructor(signal: NodeJS.Signals) {
    super(`stopped by ${signal}`);
    this.exitCode = signal === "SIGTERM" ? EXIT.tryAgain : EXIT.interrupted;
  }
}

/**
 * Writes `error: ...` and `hint: ...`, with the stack where `verbose`.
 *
 * @returns the exit code: 2 for wrong options, 1 for other failures, 130 or 75 after a signal.
 */
export function reportFailure(
  error: unknown,
  { verbose, write }: { verbose: boolean; write: (text: string) => void },
): number {
  if (error instanceof Interrupted) return error.exitCode;
  const known = error instanceof DatadamError;
  const what = error instanceof Error ? error.message || error.name : String(error);
  write(`error: ${message(withFlags(what))}\n`);
  if (known && error.hint !== undefined) write(`hint: ${message(withFlags(error.hint))}\n`);
  if (verbose) write(`${stack(stackOf(error))}\n`);
  else if (!known) write("hint: run again with --verbose to see where it happened\n");
  return known && error.code === "INVALID_OPTION" ? EXIT.usage : EXIT.failure;
}

/** Options of the library that the command line calls otherwise than `--name-of-it`. */
const FLAGS: Readonly<Record<string, string>> = {
  axes: "--subset",
  dir: "--data-dir",
  "data.dataset": "--dataset",
  "data.dir": "--data-dir",
  initial: "--init",
  memory: "--memory",
  "memory.perClass": "--memory",
  "memory.total": "--memory-total",
  methods: "--method",
  proxies: "--proxy",
  retrain: "--retrain-epochs",
  random: "--no-random",
};
/** Options of the library that are flags of the same name, beside those of reading. */
const NAMED = new Set<string>([
  ...readingArguments,
  ...["arch", "bank", "blur", "checkpointEvery", "classes", "compare", "dataset", "epochs", "features", "ipc"],
  ...[
    "iterations",
    "networks",
    "norm",
    "parameters",
    "pool",
    "preset",
    "protocol",
    "records",
    "reference",
    "repeats",
    "sample",
  ],
  ...["seed", "snapshots", "softLabels", "space", "steps", "subset", "temperature", "workers", "zca"],
]);

/**
 * A message of the library in the words of the command line: options, which it names in back quotes, are flags, and
 * paths begin at the current folder.
 */
export function withFlags(text: string): string {
  const here = `${process.cwd()}${sep}`;
  return text
    .replaceAll(here, "")
    .replaceAll(/by a job of the kind (\w+)/g, "by `datadam $1`")
    .replaceAll(/`(\w+): "(\w+)"`/g, (_, name: string, value: string) => `${flagOf(name)} ${value}`)
    .replaceAll(/`([\w.]+)`/g, (_, name: string) => flagOf(name));
}

function flagOf(name: string): string {
  if (Object.hasOwn(FLAGS, name)) return FLAGS[name]!;
  if (name.startsWith("config.")) return `--set ${name.slice("config.".length)}`;
  if (!NAMED.has(name)) return name;
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\ncaused by: ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
