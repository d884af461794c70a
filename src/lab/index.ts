// Jobs: values that a storage runs. Portable: engine, readers and storage are handed in.

export { holder, memory } from "../storage/index.ts";
export type { Claim, ClaimOptions, Clock, Owner, Storage } from "../storage/types.ts";
export { type Bank, type Chosen, openBank, type StoredStatistics } from "./bank/bank.ts";
export { type BankInfo, bankInfo, type Cost, type StatisticsInfo } from "./bank/info.ts";
export { mergeBanks } from "./bank/merge.ts";
export { type BankRecipe, trainsNetworks } from "./bank/recipe.ts";
export type { BankRecord, SpecFile, StatisticsSpec, Training } from "./bank/record.ts";
export { type BankSettings, bankSettings } from "./bank/settings.ts";
export { differences, type Finished, readEvents, readFinished, readJobFile } from "./folder/folder.ts";
export { readJournal } from "./folder/journal.ts";
export { type Row, readRows } from "./folder/rows.ts";
export type { DataOptions, Execution } from "./inputs/data.ts";
export { loaded } from "./inputs/load.ts";
export { readSet } from "./inputs/sets.ts";
export { job, jobSchema } from "./job.ts";
export type { BankJob, BankResult } from "./kinds/bank.ts";
export type { BenchJob, BenchResult } from "./kinds/bench/index.ts";
export { CLASSIFIER_FILE, CLASSIFIERS, type ClassifierJob, type ClassifierResult } from "./kinds/classifier.ts";
export type { ContinualJob } from "./kinds/continual/job.ts";
export type { ContinualRecord } from "./kinds/continual/record.ts";
export type { DataJob, DataResult } from "./kinds/data.ts";
export type { DistillJob, DistillResult } from "./kinds/distill/job.ts";
export type { EvaluateJob, EvaluateResult } from "./kinds/evaluate/job.ts";
export type { NasJob } from "./kinds/nas/job.ts";
export type { NasRecord } from "./kinds/nas/record.ts";
export type { ReplayJob, ReplayResult } from "./kinds/replay.ts";
export type { SelectJob, SelectResult } from "./kinds/select.ts";
export type { TableResult } from "./kinds/table.ts";
export type { TrainJob, TrainResult } from "./kinds/train.ts";
export * as lab from "./lab.ts";
export { mergeJournals } from "./mergeJournals.ts";
export { plan } from "./plan/plan.ts";
export type { Plan, PlanOptions, PlanPhase, WatchMemory } from "./plan/types.ts";
export type { Job } from "./registry.ts";
export { run } from "./run.ts";
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
