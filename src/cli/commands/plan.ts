// `datadam plan JOB.json`: what a job will take on this machine, before anything runs; or the job cut into many.

import { DatadamError } from "../../errors.ts";
import { command, unless, value } from "../command.ts";
import { integer, variation } from "../parse.ts";

export const planCommand = command({
  name: "plan",
  summary: "what a job will take: time, memory and disk of each phase, from a few measured steps; or the job as many",
  argument: ["<job>", "JSON file of a job, such as the job.json of a folder"],
  options: {
    out: value("<dir>", "its folder, which is only read: what is there is not counted; with --split, that of the plan"),
    split: value("<n>", "cut it into at most so many jobs at once, for `datadam submit`", integer(1)),
    vary: value(
      "<key=a,b>",
      "a job for each value of a key, such as seed=0,1 or method.ipc=1,10; repeatable",
      variation,
    ),
    measure: unless("do not measure what the jobs of --split and --vary need"),
    lease: value("<s>", "seconds without a sign after which a worker counts as gone (default: 30)", integer(1)),
    workers: value("<n>", "worker threads, instead of the job's", integer(1)),
  },
  async run({ out, workers, split, vary, measure, lease }, ui, [file]) {
    const { cutFile, planFile } = await import("../runFile.ts");
    if (split === undefined && vary === undefined) return planFile(file!, { out, workers }, ui);
    if (out !== undefined) return cutFile(file!, out, { split, vary, measure, lease, workers }, ui);
    throw new DatadamError("INVALID_OPTION", "a plan of many jobs needs a folder", { hint: "Give --out DIR." });
  },
});
