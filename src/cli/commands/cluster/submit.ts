// `datadam submit PLAN --to ENGINE`: gives the jobs of a plan to what does them.

import { choice, command, flag, required, value } from "../../command.ts";
import { assignment, integer } from "../../parse.ts";

export const submitCommand = command({
  name: "submit",
  summary: "do the jobs of a plan on this machine, or give them to an engine; what is done is left out",
  argument: ["<plan>", "folder of the plan, or s3://BUCKET/PREFIX"],
  options: {
    to: required(choice("<engine>", "what does the jobs", ["local", "slurm", "kubernetes", "bullmq"])),
    workers: value("<n>", "jobs at once (default: 1 on this machine, all elsewhere)", integer(1)),
    retries: value("<n>", "how often a job that failed is tried again (default: 3); not by Slurm", integer(0)),
    dryRun: flag("print what would be submitted, and do nothing"),
    set: value("<key=value>", "slurm: an option of sbatch, such as partition=gpu; repeatable", assignment),
    image: value("<image>", "kubernetes: of the container"),
    claim: value("<name>", "kubernetes: a PersistentVolumeClaim that holds the folder of the plan and of its data"),
    mount: value("<dir>", "kubernetes: where that is mounted (default: /data)"),
    namespace: value("<name>", "kubernetes: its namespace"),
    redis: value("<url>", "bullmq: such as redis://localhost:6379"),
  },
  async run({ retries = 3, dryRun = false, set = [], mount = "/data", ...flags }, ui, [plan]) {
    const { submitPlan } = await import("../../cluster/submitting.ts");
    await submitPlan(plan!, { ...flags, retries, dryRun, set, mount }, ui);
  },
});
