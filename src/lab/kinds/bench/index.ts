// The job that measures what a step of each method costs: seconds and peak memory, on random images of CIFAR-10's size.

import * as z from "zod";
import { impossible, keysFor, METHOD_NAMES, type MethodName, parseConfig } from "../../../distill/config/index.ts";
import { DatadamError } from "../../../errors.ts";
import { executionSchema } from "../../inputs/data.ts";
import type { Context, Kind } from "../../types.ts";
import { measureCase } from "./measure.ts";
import type { BenchCase, Cost } from "./types.ts";

/** The result as a file of its own. */
const BENCH_FILE = "bench.json";

const schema = z
  .strictObject({
    kind: z.literal("bench"),
    methods: z
      .array(z.enum(METHOD_NAMES))
      .min(1)
      .default([...METHOD_NAMES]),
    ipc: z.array(z.int().positive()).min(1).default([1, 10, 50]).describe("Images per class."),
    repeats: z.int().positive().default(3).describe("Steps that are timed, after one that warms up."),
    config: z.record(z.string(), z.unknown()).default({}).describe("Keys on top of each method's preset."),
    execution: executionSchema.optional(),
  })
  .superRefine((job, context) => {
    try {
      casesOf(job);
    } catch (error) {
      if (!(error instanceof DatadamError)) throw error;
      context.addIssue({ code: "custom", message: error.message, path: ["config"] });
    }
  });

/** A benchmark as a value. */
export type BenchJob = z.infer<typeof schema>;

/** What a benchmark found. */
export interface BenchResult {
  readonly versions: Readonly<Record<string, string>>;
  readonly device: BenchCase["device"];
  readonly repeats: number;
  /** Keys that were given. */
  readonly config: Readonly<Record<string, unknown>>;
  /** By `method.ipcN`. */
  readonly cases: Readonly<Record<string, Cost>>;
  /** What else is known of where it was measured. */
  readonly [key: string]: unknown;
}

export const benchKind: Kind<BenchJob, BenchResult> = {
  kind: "bench",
  about: "Measures what a step of each method costs: seconds and peak memory.",
  schema: schema as unknown as z.ZodType<BenchJob>,
  free: [],
  run,
};

/** The cases of a job, in its order. @throws DatadamError INVALID_OPTION */
function casesOf({ methods, ipc, repeats, config: shared, execution = {} }: BenchJob): BenchCase[] {
  const { workers, device = "cpu" } = execution;
  const fixed = ["method", "ipc", "iterations", "zca"].find((key) => key in shared);
  if (fixed !== undefined) {
    throw new DatadamError("INVALID_OPTION", `\`config.${fixed}\` is not for a benchmark`, {
      hint: "Methods and sizes are those of `methods` and `ipc`, steps those of `repeats`; nothing is whitened.",
    });
  }
  // A key of some of the methods is for those; one that none of them has is refused.
  const isTaken = (key: string): boolean => methods.some((one) => key in keysFor(one, shared));
  const values = (name: MethodName): object => (Object.keys(shared).every(isTaken) ? keysFor(name, shared) : shared);
  return [...new Set(methods)].flatMap((method) =>
    [...new Set(ipc)].map((count) => {
      const config = parseConfig({ ...values(method), method, ipc: count });
      const problem = impossible(config);
      if (problem !== undefined) throw new DatadamError("INVALID_OPTION", problem.reason, { hint: problem.hint });
      return { name: `${method}.ipc${count}`, config, repeats, workers, device };
    }),
  );
}

async function run(context: Context<BenchJob>): Promise<BenchResult> {
  const { job, folder, signal, versions, environment, note } = context;
  await folder.begin({ versions, ...environment, created: new Date(context.clock.now()).toISOString() });
  const journal = await folder.journal();
  const planned = casesOf(job);
  const cases: Record<string, Cost> = {};
  for (const [index, task] of planned.entries()) {
    const { name } = task;
    if (journal.get(name) === undefined) {
      signal.throwIfAborted();
      note(`${index + 1} of ${planned.length}: ${name}`);
      const cost = await measure(task, context);
      await journal.add(name, cost);
      context.emit({ type: "result", key: name, value: cost });
    }
    cases[name] = journal.get(name) as Cost;
  }
  const { repeats, config, execution } = job;
  const result = { ...environment, versions, device: execution?.device ?? "cpu", repeats, config, cases };
  await folder.publish(BENCH_FILE, `${JSON.stringify(result, undefined, 2)}\n`);
  return result;
}

async function measure(task: BenchCase, context: Context<BenchJob>): Promise<Cost> {
  const { signal } = context;
  try {
    if (context.measure !== undefined) return await context.measure(task, signal);
    return await measureCase(task, await context.engine(), { signal });
  } catch (error) {
    if (signal.aborted || !(error instanceof DatadamError)) throw error;
    throw new DatadamError(error.code, `${task.name} could not be measured: ${error.message}`, {
      hint: error.hint,
      cause: error,
    });
  }
}
