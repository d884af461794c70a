// Failures as a person should read them: what was wrong, what helps, and the exit code.

import { sep } from "node:path";
import { readingArguments } from "../data/readingTable.ts";
import { DatadamError } from "../errors.ts";
import { errno, ioError } from "../storage/node/index.ts";
import { EXIT } from "./parse.ts";
import { type Palette, palette } from "./shell/colour.ts";
import { json, stack, message as told } from "./shell/text.ts";

/** Thrown after a signal was obeyed: everything is saved and said. */
export class Interrupted extends Error {
  readonly exitCode: number;
  constructor(signal: NodeJS.Signals) {
    super(`stopped by ${signal}`);
    this.exitCode = signalCode(signal);
  }
}

/** Of a process that a signal has ended: of all but Ctrl-C that it may be tried again. */
export function signalCode(signal: NodeJS.Signals): number {
  return signal === "SIGINT" ? EXIT.interrupted : EXIT.tryAgain;
}

/** How a failure is told. */
export interface FailureOptions {
  readonly verbose: boolean;
  readonly write: (text: string) => void;
  /** Takes it as one line of JSON too: `{"error": {"code", "message", "hint"}}`. */
  readonly writeJson?: ((text: string) => void) | undefined;
  /** Default: none. */
  readonly colours?: Palette | undefined;
}

/**
 * Writes `error: ...` and `hint: ...`, with the stack where `verbose`.
 *
 * @returns the exit code: 2 for wrong options, 1 for other failures, 130 after Ctrl-C, 75 after another signal.
 */
export function reportFailure(
  error: unknown,
  { verbose, write, writeJson, colours = palette({}, {}) }: FailureOptions,
): number {
  const message = withFlags(error instanceof Error ? error.message || error.name : String(error));
  if (error instanceof Interrupted) {
    writeJson?.(errorJson({ code: "STOPPED", message }));
    return error.exitCode;
  }
  const known = error instanceof DatadamError;
  const hint = known && error.hint !== undefined ? withFlags(error.hint) : known ? undefined : systemHint(error);
  write(`${colours.error("error:")} ${told(message)}\n`);
  if (hint !== undefined) write(`${colours.hint("hint:")} ${told(hint)}\n`);
  if (verbose) write(`${stack(stackOf(error))}\n`);
  else if (!known && hint === undefined)
    write(`${colours.hint("hint:")} run again with --verbose to see where it happened\n`);
  writeJson?.(errorJson({ code: known ? error.code : "FAILED", message, hint }));
  return known && error.code === "INVALID_OPTION" ? EXIT.usage : EXIT.failure;
}

/** What helps where the system refused: a full disk, too many open files. */
function systemHint(error: unknown): string | undefined {
  return errno(error) === undefined ? undefined : withFlags(ioError(error, "").hint ?? "") || undefined;
}

/** A failure as a line of JSON. */
export function errorJson(error: { code: string; message: string; hint?: string | undefined }): string {
  return `${json({ error })}\n`;
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
