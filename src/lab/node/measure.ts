// Measures a case of a benchmark in a process of its own, so that its peak of memory is its own.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { DatadamError, type ErrorCode } from "../../errors.ts";
import type { BenchCase, Cost } from "../kinds/bench/types.ts";

interface Problem {
  /** Absent where the process ended early. */
  readonly code?: ErrorCode;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** What the process prints: one line of JSON. */
export type MeasureReply = { readonly cost: Cost } | { readonly error: Problem };

/** @throws DatadamError as `distill`, UNSUPPORTED_OPERATION where the process ends early; AbortError */
export async function measureApart(task: BenchCase, signal: AbortSignal): Promise<Cost> {
  // Node itself cannot run the source tree: from there, the built file is used.
  const file = import.meta.url.endsWith(".ts") ? "../../../dist/lab/node/measureProcess.js" : "./measureProcess.js";
  const words = [fileURLToPath(new URL(file, import.meta.url)), JSON.stringify(task)];
  const reply = await promisify(execFile)(process.execPath, words, { signal }).then(
    ({ stdout }) => JSON.parse(stdout) as MeasureReply,
    (error: Failure): MeasureReply => {
      if (signal.aborted) throw signal.reason;
      return { error: whyEnded(error) };
    },
  );
  if ("cost" in reply) return reply.cost;
  const { code = "UNSUPPORTED_OPERATION", message, hint } = reply.error;
  throw new DatadamError(code, message, { hint });
}

type Failure = Error & { readonly stderr?: string; readonly signal?: string | null };

function whyEnded({ stderr = "", signal, message }: Failure): Problem {
  if (typeof signal !== "string") return { message: stderr.trim().split("\n").at(-1) || message };
  return { message: `it was ended by ${signal}`, hint: "It may have needed more memory than there is." };
}
