// Parts that jobs of several kinds have: the data set, and where the work is done.

import * as z from "zod";

/** Options of reading, as `loadDataset` takes them. */
export const dataSchema = z.strictObject({
  dataset: z.string().min(1).default("builtin").describe("A known name, or the path of images."),
  dir: z.string().optional().describe("Where a named data set is: its archive or its folder."),
  labels: z.enum(["fine", "coarse"]).optional().describe("cifar100: 100 fine classes (default) or 20 coarse ones."),
  size: z.int().positive().max(4096).optional().describe("Side in pixels that images are brought to."),
  channels: z.literal([1, 3]).optional().describe("1 for grey, 3 for colour."),
  split: z.number().gt(0).lt(1).optional().describe("Share of each class for training where there is no test part."),
  store: z.enum(["memory", "disk", "auto"]).optional().describe("Where decoded images are kept (default: auto)."),
  corrupt: z.enum(["fail", "skip"]).optional().describe("Image files that cannot be decoded (default: fail)."),
});

/** The data set of a job, and how it is read. */
export type DataOptions = z.infer<typeof dataSchema>;

/** Keys of {@link DataOptions} that say where the images are, not which. */
export const PLACE_KEYS = ["dir", "store"] as const;

/** Where and how a job works. */
export const executionSchema = z.strictObject({
  workers: z.int().positive().optional().describe("Worker threads (default: one per core)."),
  device: z.enum(["cpu", "webgpu", "cuda"]).optional().describe("What computes (default: cpu)."),
});

export type Execution = z.infer<typeof executionSchema>;
