// `datadam worker PLAN --index N`: one job of a plan, as engines such as Slurm and Kubernetes start it; or jobs of a
// queue.

import { DatadamError } from "../../../errors.ts";
import { command, flag, value } from "../../command.ts";
import { integer } from "../../parse.ts";

export const workerCommand = command({
  name: "worker",
  summary: "do one job of a plan, or resume it; or the jobs of a queue",
  argument: ["[plan]", "folder of the plan, or s3://BUCKET/PREFIX"],
  options: {
    index: value("<n>", "number of the job (default: SLURM_ARRAY_TASK_ID, or JOB_COMPLETION_INDEX)", integer(0)),
    offset: value("<n>", "is added to it (default: 0)", integer(0)),
    stdin: flag("take numbers of jobs from stdin instead, one a line, and answer each with a line of JSON"),
    wait: flag("wait for the jobs that it needs, instead of ending with 75"),
    workers: value("<n>", "worker threads, instead of the job's (--redis: a share of all)", integer(1)),
    redis: value("<url>", "do the jobs of the queue there, until it is stopped"),
    jobs: value("<n>", "with --redis: jobs at once (default: 1)", integer(1)),
  },
  after: `
Exit codes: 0 the job is done, or was; 75 it is to be started again: it stopped at SIGTERM or SIGUSR1 after a
checkpoint, another process is at it, or a job that it needs is not done yet; others: it failed, and
\`datadam status\` says why.`,
  async run({ index, offset = 0, stdin = false, wait = false, workers, redis, jobs = 1 }, ui, [plan]) {
    if (redis !== undefined) {
      const { workForQueue } = await import("../../cluster/queueing.ts");
      return workForQueue({ redis, jobs, workers }, ui);
    }
    if (plan === undefined) throw new DatadamError("INVALID_OPTION", "worker needs the folder of a plan, or --redis");
    const { workOn } = await import("../../cluster/working.ts");
    await workOn(plan, { index, offset, stdin, wait, workers }, ui);
  },
});
