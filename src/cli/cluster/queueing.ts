// Does the jobs of a queue, for a command.

import { availableParallelism } from "node:os";
import { workQueue } from "../../cluster/node/index.ts";
import { show } from "../folders.ts";
import type { Ui } from "../ui.ts";
import { untilSignal } from "./signals.ts";
import { thisProgram } from "./submission.ts";

export interface QueueFlags {
  readonly redis: string;
  /** At once. */
  readonly jobs: number;
  readonly workers: number | undefined;
}

/** Until a signal comes. */
export async function workForQueue({ redis, jobs, workers }: QueueFlags, { reporter }: Ui): Promise<void> {
  const threads = String(workers ?? Math.max(1, Math.floor(availableParallelism() / jobs)));
  const words = (plan: string): readonly string[] => [
    ...thisProgram(),
    ...["worker", plan, "--stdin", "--workers", threads, "--progress", "json"],
  ];
  reporter.note(`waiting for jobs of ${redis}`);
  await untilSignal(
    (signal) =>
      workQueue({
        ...{ redis, workers: jobs, words, signal },
        onJob: (plan, index, what) => reporter.note(`${show(plan)}: job ${index} ${what}`),
        onTrouble: (message) => reporter.warn(`Redis: ${message}`),
      }),
    { onStop: (name) => reporter.warn(`${name}: stopping; jobs go back to the queue`) },
  );
}
