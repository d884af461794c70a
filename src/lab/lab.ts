// The functions of this folder under one name: `lab.job`, `lab.run`.

export { job, jobSchema } from "./job.ts";
export { run } from "./run.ts";
