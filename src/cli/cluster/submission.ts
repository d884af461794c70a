// What is given to an engine: a plan, what of it is missing, and how the command was given.

import { fileURLToPath } from "node:url";
import type { Plan } from "../../cluster/index.ts";
import { DatadamError } from "../../errors.ts";
import type { Storage } from "../../lab/index.ts";
import type { Ui } from "../ui.ts";

export interface SubmitFlags {
  readonly to: "local" | "slurm" | "kubernetes" | "bullmq";
  readonly workers: number | undefined;
  readonly retries: number;
  readonly dryRun: boolean;
  readonly redis: string | undefined;
  readonly set: readonly (readonly [string, unknown])[];
  readonly image: string | undefined;
  readonly claim: string | undefined;
  readonly mount: string;
  readonly namespace: string | undefined;
}

/** What is given to an engine. */
export interface Submission {
  readonly storage: Storage;
  readonly plan: Plan;
  /** Numbers of the jobs that are not done. */
  readonly missing: readonly number[];
  readonly flags: SubmitFlags;
  readonly ui: Ui;
}

/** The program that runs now. */
export function thisProgram(): readonly [program: string, main: string] {
  return [process.execPath, process.argv[1] ?? fileURLToPath(new URL("../main.js", import.meta.url))];
}

/** A flag that an engine needs. @throws DatadamError INVALID_OPTION */
export function needed(value: string | undefined, engine: string, flag: string): string {
  if (value !== undefined) return value;
  throw new DatadamError("INVALID_OPTION", `${engine} needs ${flag}`);
}
