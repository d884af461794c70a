// The job that looks at a data set: what is in it, what may spoil a result, and a picture of its first images.

import * as z from "zod";
import { DatadamError } from "../../errors.ts";
import { encodePng, labelledGrid } from "../../formats/index.ts";
import { classIndices, type DatasetReport, type ImageSet, imageSize, inspectDataset } from "../../images/index.ts";
import { beginWith } from "../inputs/begun.ts";
import { dataSchema, executionSchema } from "../inputs/data.ts";
import { loadData } from "../inputs/load.ts";
import type { Context, Kind } from "../types.ts";

/** The picture, where one is asked for. */
const PREVIEW_FILE = "preview.png";

const schema = z.strictObject({
  kind: z.literal("data"),
  data: dataSchema.prefault({}),
  inspect: z.boolean().default(true).describe("Counts, channel statistics, duplicates: reads every pixel twice."),
  preview: z
    .strictObject({
      part: z.enum(["train", "test"]).default("train"),
      perClass: z.int().positive().default(10).describe("Images of each class."),
    })
    .optional()
    .describe("A picture of the first images, a row a class."),
  execution: executionSchema.optional(),
});

/** A look at a data set as a value. */
export type DataJob = z.infer<typeof schema>;

export interface DataResult {
  readonly name: string;
  readonly classNames: readonly string[];
  /** Null where `inspect` is false. */
  readonly report: DatasetReport | null;
  /** What reading it and the report warn of. */
  readonly warnings: readonly string[];
}

export const dataKind: Kind<DataJob, DataResult> = {
  kind: "data",
  about: "Says what is in a data set and what may spoil a result, and draws its first images.",
  schema: schema as unknown as z.ZodType<DataJob>,
  free: [],
  run,
};

async function run(context: Context<DataJob>): Promise<DataResult> {
  const { job, folder } = context;
  const warnings: string[] = [];
  const warn = (message: string): void => {
    warnings.push(message);
    context.warn(message);
  };
  const few = job.preview !== undefined && !job.inspect && job.data.holdOut === undefined;
  const first = few ? { firstPerClass: job.preview!.perClass } : {};
  const source = await loadData({ ...job.data, ...first }, { ...context, warn }, true);
  const { dataset } = source;
  const shown = job.preview?.part === "test" ? dataset.test : dataset.train;
  if (shown === undefined) {
    throw new DatadamError("INVALID_OPTION", `${job.data.dataset} has no test part to preview`);
  }
  await beginWith(source, context);
  const report = job.inspect ? inspectDataset(dataset) : null;
  for (const warning of report?.warnings ?? []) warn(warning);
  if (job.preview !== undefined) await folder.publish(PREVIEW_FILE, drawPreview(shown, job.preview.perClass));
  return { name: dataset.name, classNames: dataset.train.classNames, report, warnings };
}

/** A PNG with a row a class, of many classes beside each other; short rows end in white. */
function drawPreview(set: ImageSet, perClass: number): Uint8Array {
  const size = imageSize(set);
  const members = classIndices(set.labels, set.classNames.length);
  const columns = Math.max(1, Math.min(perClass, Math.max(...members.map(({ length }) => length))));
  const pixels = new Uint8Array(set.classNames.length * columns * size).fill(255);
  for (const [row, indices] of members.entries()) {
    for (let column = 0; column < Math.min(columns, indices.length); column++) {
      pixels.set(set.image(indices[column]!), (row * columns + column) * size);
    }
  }
  const grid = labelledGrid({ shape: set.shape, names: set.classNames, sections: [{ pixels, columns }] });
  return encodePng(grid.pixels, grid);
}
