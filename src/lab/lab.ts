// The functions of this folder under one name: `lab.job`, `lab.plan`, `lab.run`.

export { job, jobSchema } from "./job.ts";
export { plan } from "./plan/plan.ts";
export { run } from "./run.ts";
