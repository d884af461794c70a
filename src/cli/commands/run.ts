// `datadam run JOB.json`: any job, from the file that a folder keeps or that a person or a program wrote.

import { command, flag, value } from "../command.ts";
import { integer } from "../parse.ts";

export const runCommand = command({
  name: "run",
  summary: "run a job, resume it, or print what it gave",
  argument: ["[job]", "JSON file of a job, such as the job.json of a folder"],
  options: {
    out: value("<dir>", "its folder (default: runs/<kind>-<number>); the same command resumes it"),
    workers: value("<n>", "worker threads, instead of the job's", integer(1)),
    schema: flag("print the JSON Schema of all jobs, and do nothing"),
  },
  async run({ out, workers, schema }, ui, [file]) {
    const { runFile, printSchema } = await import("../runFile.ts");
    if (schema) printSchema();
    else await runFile(file, { out, workers }, ui);
  },
});
