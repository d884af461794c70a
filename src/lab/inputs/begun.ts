// The data set of a job whose record says where its images came from, and little else.

import type { RunDataset } from "../../run/portable.ts";
import type { Context, JobValue } from "../types.ts";
import { type DataOptions, placeOf } from "./data.ts";
import { loadData, reloadData, type Source } from "./load.ts";

/** What such a job keeps as `record.json`. */
interface DataRecord {
  readonly dataset: RunDataset;
  readonly versions: Readonly<Record<string, string>>;
  /** ISO time. */
  readonly created: string;
}

/**
 * Loads the data set; where the job has begun, the same as then.
 *
 * @throws DatadamError INVALID_DATA where its images have changed since
 */
export async function openData(context: Context<JobValue & { readonly data: DataOptions }>): Promise<Source> {
  const { job, folder, note } = context;
  const recorded = (folder.record as Partial<DataRecord> | undefined)?.dataset;
  if (recorded === undefined) {
    note(`loading ${job.data.dataset}`);
    return loadData(job.data, context);
  }
  note(`resuming ${folder.storage.name}`);
  return reloadData(recorded, placeOf(job.data), context);
}

/** Writes the record, where the job has not begun. */
export async function beginWith(
  { description }: Source,
  { folder, versions, clock }: Context,
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  if (folder.record !== undefined) return;
  const record: DataRecord = { dataset: description, versions, created: new Date(clock.now()).toISOString() };
  await folder.begin({ ...record, ...more });
}
