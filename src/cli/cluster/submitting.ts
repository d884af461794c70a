// Gives a plan to what does its jobs: processes of this machine, a queue, Slurm, Kubernetes.

import { availableParallelism, hostname } from "node:os";
import { countOf, forgetFailures, missingIn, readPlan } from "../../cluster/index.ts";
import { agesIn, enqueue, runLocally } from "../../cluster/node/index.ts";
import { counted } from "../../counted.ts";
import { DatadamError } from "../../errors.ts";
import { isAlive, storageAt } from "../../lab/node/index.ts";
import { show } from "../folders.ts";
import type { Ui } from "../ui.ts";
import { submitToKubernetes } from "./kubernetes.ts";
import { untilSignal } from "./signals.ts";
import { submitToSlurm } from "./slurm.ts";
import { needed, type Submission, type SubmitFlags, thisProgram } from "./submission.ts";

export async function submitPlan(path: string, flags: SubmitFlags, ui: Ui): Promise<void> {
  const storage = storageAt(path);
  const plan = await readPlan(storage);
  if (!flags.dryRun) await forgetFailures(storage, plan);
  const submission: Submission = { storage, plan, missing: await missingIn(storage, plan), flags, ui };
  if (flags.dryRun && ["local", "bullmq"].includes(flags.to)) {
    const numbers = submission.missing.length;
    return ui.result(`${counted(numbers, "job")} would be done`, { plan: storage.name, jobs: numbers });
  }
  if (flags.to === "slurm") await submitToSlurm(submission);
  else if (flags.to === "kubernetes") await submitToKubernetes(submission);
  else if (flags.to === "bullmq") await submitToQueue(submission);
  else await submitLocal(submission);
}

async function submitLocal({ storage, plan, flags, ui }: Submission): Promise<void> {
  const { reporter } = ui;
  const { retries } = flags;
  const workers = flags.workers ?? 1;
  const threads = String(Math.max(1, Math.floor(availableParallelism() / workers)));
  const age = await agesIn(storage);
  const words = [...thisProgram(), "worker", storage.name, "--stdin", "--workers", threads, "--quiet"];
  const failed = await untilSignal(
    (signal) =>
      runLocally(storage, plan, {
        ...{ workers, retries, words, signal, isAlive, age, host: hostname() },
        onEnd: (done, total) => reporter.progress({ stage: "jobs", done, total }),
        onFailure: (index, why, again) =>
          reporter.warn(`job ${index} failed: ${why}${again ? "; it is tried again" : ""}`),
      }),
    { onStop: (name) => reporter.warn(`${name}: stopping; what is done is kept, and the same command resumes`) },
  );
  reporter.end();
  if (failed.length > 0) {
    const message = `${failed.length} of ${counted(countOf(plan), "job")} failed: ${failed.slice(0, 5).join(", ")}`;
    throw new DatadamError("PLAN_UNFINISHED", message, {
      hint: "`datadam status` says why. The same command tries them again.",
    });
  }
  const text = `${show(storage.name)}: ${counted(countOf(plan), "job")} done; \`datadam collect\` makes the whole`;
  ui.result(text, { plan: storage.name, jobs: countOf(plan) });
}

async function submitToQueue({ storage, plan, missing, flags, ui }: Submission): Promise<void> {
  const redis = needed(flags.redis, "bullmq", "--redis URL");
  const onTrouble = (message: string): void => ui.reporter.warn(`Redis: ${message}`);
  const added = await enqueue(storage, plan, missing, { redis, retries: flags.retries, onTrouble });
  const text = `${counted(missing.length, "job")} in the queue, ${added} of them new`;
  ui.result(`${text}; \`datadam worker --redis ${redis}\` does them`, {
    plan: storage.name,
    jobs: missing.length,
    added,
  });
}
