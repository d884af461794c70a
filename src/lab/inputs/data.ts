// Parts that jobs of several kinds have: the data set, and where the work is done.

import * as z from "zod";
import { readingSchema } from "../../data/readingOptions.ts";
import { READING, readingKeys } from "../../data/readingTable.ts";

/** A data set, and the options of reading as `loadDataset` takes them. */
export const dataSchema = z.strictObject({
  dataset: z.string().min(1).default("builtin").describe("A known name, or the path of images."),
  dir: z.string().optional().describe("Where a named data set is: its archive or its folder."),
  ...readingSchema.shape,
});

/** Another data set than a run's, or another place or reading of it: what is not named is as in the run. */
export const changedDataSchema = dataSchema.partial().extend({ dataset: z.string().min(1).optional() });

/** The data set of a job, and how it is read. */
export type DataOptions = z.infer<typeof dataSchema>;

/** Keys of {@link DataOptions} that say where the images are and how they are kept, not which. */
export const PLACE_KEYS: readonly (keyof DataOptions)[] = [
  "dir",
  ...readingKeys.filter((key) => !READING[key].decidesImages),
];

/** Keys of every job that say where and how it works, not what is worked out. */
export const ALWAYS_FREE: readonly string[] = ["execution", ...PLACE_KEYS.map((key) => `data.${key}`)];

/** Of a data set the place alone. */
export function placeOf(data: DataOptions): Partial<DataOptions> {
  return Object.fromEntries(PLACE_KEYS.map((key) => [key, data[key]]));
}

/** Where and how a job works. */
export const executionSchema = z.strictObject({
  workers: z.int().positive().optional().describe("Worker threads (default: one per core)."),
  device: z.enum(["cpu", "webgpu", "cuda"]).optional().describe("What computes (default: cpu)."),
});

export type Execution = z.infer<typeof executionSchema>;

/** The same for jobs that log what they do. */
export const loggedExecutionSchema = executionSchema.extend({
  log: z
    .enum(["tensorboard"])
    .optional()
    .describe("Scalars and pictures for TensorBoard, in the folder `tensorboard`."),
});
