// `datadam bench`: what a step of each method costs, each case in a process of its own, so that its peak of memory is its own.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  type DistillConfig,
  impossible,
  keysFor,
  METHOD_NAMES,
  type MethodName,
  parseConfig,
} from "../../distill/config/index.ts";
import type { Device } from "../../engine/types.ts";
import { DatadamError } from "../../errors.ts";
import { versions } from "../../lab/node/versions.ts";
import { writeAtomic } from "../../run/index.ts";
import type { Case, Cost } from "../bench/measure.ts";
import { commandLine, machine } from "../experiment.ts";
import { untilSignal } from "../signals.ts";
import { table } from "../table.ts";
import type { CommonFlags, Ui } from "../ui.ts";

const MAIN = fileURLToPath(new URL("../main.js", import.meta.url));

export interface BenchFlags extends CommonFlags {
  readonly method?: readonly MethodName[];
  readonly ipc?: readonly number[];
  readonly repeats?: number;
  readonly workers?: number;
  readonly device?: Device;
  readonly set?: readonly [string, unknown][];
  readonly out?: string;
  /** A case as JSON: measures it in this process. */
  readonly measure?: string;
}

/** `--json`, and what `--out` writes. */
interface Report {
  readonly command: string;
  readonly machine: ReturnType<typeof machine>;
  readonly versions: Readonly<Record<string, string>>;
  readonly device: Device;
  readonly repeats: number;
  /** What `--set` said. */
  readonly config: Readonly<Record<string, unknown>>;
  /** By `method.ipcN`. */
  readonly cases: Readonly<Record<string, Cost>>;
}

export async function benchCommand(flags: BenchFlags, ui: Ui): Promise<void> {
  if (flags.measure !== undefined) {
    const { measureCase } = await import("../bench/measure.ts");
    process.stdout.write(`${JSON.stringify(await measureCase(JSON.parse(flags.measure) as Case))}\n`);
    return;
  }
  const { device = "cpu", repeats = 3, workers } = flags;
  const own = Object.fromEntries(flags.set ?? []);
  // All of it is checked before any of it is measured.
  const planned = plan(flags, own);
  const cases: Record<string, Cost> = {};
  await untilSignal(ui, async (signal) => {
    for (const [index, [name, config]] of planned.entries()) {
      ui.reporter.note(`${index + 1} of ${planned.length}: ${name}`);
      cases[name] = await measureApart(name, { config, repeats, workers, device }, signal);
    }
  });
  const report: Report = {
    command: commandLine(),
    machine: machine(),
    versions: versions(),
    ...{ device, repeats, config: own, cases },
  };
  if (flags.out !== undefined) writeAtomic(flags.out, `${JSON.stringify(report, undefined, 2)}\n`);
  ui.result(text(planned, cases), report);
}

/** @throws DatadamError INVALID_OPTION */
function plan(
  { method = METHOD_NAMES, ipc = [1, 10, 50] }: BenchFlags,
  own: Readonly<Record<string, unknown>>,
): (readonly [name: string, config: DistillConfig])[] {
  const fixed = ["method", "ipc", "iterations", "zca"].find((key) => key in own);
  if (fixed !== undefined) {
    throw new DatadamError("INVALID_OPTION", `--set ${fixed} is not for a benchmark`, {
      hint: "Methods and sizes are those of --method and --ipc, steps those of --repeats; nothing is whitened.",
    });
  }
  // A key of some of the methods is for those; one that none of them has is refused.
  const values = (name: MethodName): object =>
    Object.keys(own).every((key) => method.some((one) => key in keysFor(one, own))) ? keysFor(name, own) : own;
  return method.flatMap((name) =>
    ipc.map((count) => {
      const config = parseConfig({ ...values(name), method: name, ipc: count });
      const problem = impossible(config);
      if (problem === undefined) return [`${name}.ipc${count}`, config] as const;
      throw new DatadamError("INVALID_OPTION", problem.reason, { hint: problem.hint });
    }),
  );
}

async function measureApart(name: string, task: Case, signal: AbortSignal): Promise<Cost> {
  const words = [MAIN, "bench", "--measure", JSON.stringify(task)];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, words, { signal });
    return JSON.parse(stdout) as Cost;
  } catch (error) {
    throw failure(name, error as Failure);
  }
}

type Failure = Error & { readonly stderr?: string; readonly signal?: string | null };

function failure(name: string, { stderr = "", signal, message }: Failure): DatadamError {
  const killed = typeof signal === "string";
  const reason = /^error: (.*)$/m.exec(stderr)?.[1] ?? (killed ? `it was ended by ${signal}` : message);
  const hint =
    /^hint: (.*)$/m.exec(stderr)?.[1] ?? (killed ? "It may have needed more memory than there is." : undefined);
  return new DatadamError("UNSUPPORTED_OPERATION", `${name} could not be measured: ${reason}`, {
    ...(hint === undefined ? {} : { hint }),
  });
}

function text(planned: readonly (readonly [string, DistillConfig])[], cases: Readonly<Record<string, Cost>>): string {
  return table(
    ["method", "images a class", "seconds a step", "matches", "seconds a match", "of processor", "peak memory, MB"],
    planned.map(([name, { method, ipc }]) => {
      const { seconds, matches, perMatch, cpu, memoryMb } = cases[name]!;
      const counts = [String(ipc), seconds.toFixed(2), String(matches), perMatch.toFixed(2), cpu.toFixed(2)];
      return [method, ...counts, memoryMb.toFixed(0)];
    }),
  );
}
