// Jobs: values that a storage runs. Portable: engine, readers and storage are handed in.

export { holder, memory } from "../storage/index.ts";
export type { Claim, ClaimOptions, Clock, Owner, Storage } from "../storage/types.ts";
export type { DataOptions, Execution } from "./data.ts";
export { differences, type Finished, readEvents, readFinished, readJobFile } from "./folder.ts";
export { job, jobSchema } from "./job.ts";
export { readJournal } from "./journal.ts";
export type { BenchJob, BenchResult } from "./kinds/bench/index.ts";
export type { ContinualJob } from "./kinds/continual/job.ts";
export type { ContinualRecord } from "./kinds/continual/record.ts";
export type { DataJob, DataResult } from "./kinds/data.ts";
export type { DistillJob, DistillResult } from "./kinds/distill.ts";
export type { EvaluateJob, EvaluateResult } from "./kinds/evaluate.ts";
export type { NasJob } from "./kinds/nas/job.ts";
export type { NasRecord } from "./kinds/nas/record.ts";
export type { ReplayJob, ReplayResult } from "./kinds/replay.ts";
export type { SelectJob, SelectResult } from "./kinds/select.ts";
export type { TableResult } from "./kinds/table.ts";
export type { TrainJob, TrainResult } from "./kinds/train.ts";
export * as lab from "./lab.ts";
export { loaded } from "./load.ts";
export type { Job } from "./registry.ts";
export { type Row, readRows } from "./rows.ts";
export { run } from "./run.ts";
export { readSet } from "./sets.ts";
export type { TableJob } from "./tables/schema.ts";
export type {
  Event,
  JobValue,
  LabOptions,
  LabRun,
  Listeners,
  LoadedDataset,
  Progress,
  Readers,
  RecordedEvent,
} from "./types.ts";
