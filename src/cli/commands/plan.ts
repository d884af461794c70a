// `datadam plan JOB.json`: what a job will take on this machine, before anything runs.

import { command, value } from "../command.ts";
import { integer } from "../parse.ts";

export const planCommand = command({
  name: "plan",
  summary: "what a job will take: time, memory and disk of each phase, from a few measured steps",
  argument: ["<job>", "JSON file of a job, such as the job.json of a folder"],
  options: {
    out: value("<dir>", "its folder, which is only read: what is there already is not counted"),
    workers: value("<n>", "worker threads, instead of the job's", integer(1)),
  },
  async run({ out, workers }, ui, [file]) {
    const { planFile } = await import("../runFile.ts");
    await planFile(file!, { out, workers }, ui);
  },
});
