// Jobs on more than one machine: a job cut into a plan, the work of one of its jobs, and the whole.

export { type Collected, collect } from "./collect.ts";
export { cutJob } from "./cut/index.ts";
export { countOf, readPlan, writePlan } from "./folder.ts";
export { manifests } from "./kubernetes.ts";
export { forgetFailures } from "./marks.ts";
export { type SlurmScript, slurmScripts } from "./slurm.ts";
export { missingIn, type PlanStatus, statusOf } from "./status.ts";
export type { Plan, Vary } from "./types.ts";
export { type Outcome, type WorkOptions, work } from "./work.ts";
