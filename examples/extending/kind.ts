// A kind of job: the mean image of each class of a data set; a job that was stopped resumes after its last whole class.
//
// To add it to the library, this file becomes src/lab/kinds/mean.ts (with "../" in place of "../../src/lab/"), and the
// index of that folder gets one line:
//
//     export { meanKind } from "./mean.ts";
//
// Then `datadam run mean.json --out runs/mean` works it out, where mean.json holds
// { "kind": "mean", "data": { "dataset": "cifar10" } }, and `lab.run` does the same in any storage.

import { DatadamError, type ImageSet } from "datadam";
import { encodeSafetensors } from "datadam/formats";
import * as z from "zod";
import { dataSchema, executionSchema } from "../../src/lab/inputs/data.ts";
import { loadData, reloadData, type Source } from "../../src/lab/inputs/load.ts";
import type { Context, Kind } from "../../src/lab/types.ts";

const schema = z.strictObject({
  kind: z.literal("mean"),
  data: dataSchema.prefault({}),
  part: z.enum(["train", "test"]).default("train").describe("Which part of the data set."),
  execution: executionSchema.optional(),
});

/** The job, with all defaults filled in. */
export type MeanJob = z.infer<typeof schema>;

/** What a finished job says of itself. */
export interface MeanResult {
  readonly classes: number;
  readonly images: number;
}

/** What stays the same when the job is resumed: the images. */
interface MeanRecord {
  readonly dataset: Source["description"];
}

/** Gives mean.safetensors: `mean`, F32 [classes, channels, height, width], 0 to 1, and `counts`, U32 [classes]. */
export const meanKind: Kind<MeanJob, MeanResult> = {
  kind: "mean",
  about: "Works out the mean image of each class of a data set.",
  schema,
  free: [],
  async run(context) {
    const { job, folder, signal } = context;
    const { dataset, description } = await source(context);
    const set = dataset[job.part];
    if (set === undefined) throw new DatadamError("INVALID_OPTION", `part: ${dataset.name} has no ${job.part} images`);
    if (folder.record === undefined) await folder.begin({ dataset: description } satisfies MeanRecord);

    // A checkpoint holds the means so far; its number is how many classes are done.
    const [channels, height, width] = set.shape;
    const [classes, size] = [set.classNames.length, channels * height * width];
    const states = folder.states();
    const earlier = await states.newest(description.fingerprint, context.warn);
    const shape = [classes, channels, height, width];
    const mean = { shape, data: earlier?.tensors.mean?.data ?? new Float32Array(classes * size) };
    for (let label = earlier?.number ?? 0; label < classes; label++) {
      signal.throwIfAborted();
      mean.data.set(meanOf(set, label), label * size);
      await states.save(label + 1, { tensors: { mean }, facts: {} }, description.fingerprint);
      context.emit({ type: "checkpoint", number: label + 1 });
      context.progress({ stage: "averaging", done: label + 1, total: classes });
    }

    const counts = Uint32Array.from({ length: classes }, (_, label) => indicesOf(set, label).length);
    const file = encodeSafetensors({
      mean: { dtype: "F32", ...mean },
      counts: { dtype: "U32", shape: [classes], data: counts },
    });
    await folder.publish("mean.safetensors", file);
    return { classes, images: set.count };
  },
};

/** The data set of the job: a later process finds the same images, or refuses to go on. */
function source(context: Context<MeanJob>): Promise<Source> {
  const { job, folder } = context;
  const record = folder.record as MeanRecord | undefined;
  if (record === undefined) return loadData(job.data, context);
  return reloadData(record.dataset, { dir: job.data.dir, store: job.data.store }, context);
}

function indicesOf({ labels }: ImageSet, label: number): number[] {
  return [...labels.keys()].filter((index) => labels[index] === label);
}

/** @throws DatadamError INVALID_DATA where the class has no image */
function meanOf(set: ImageSet, label: number): Float64Array {
  const indices = indicesOf(set, label);
  if (indices.length === 0) throw new DatadamError("INVALID_DATA", `${set.classNames[label]} has no image`);
  const [channels, height, width] = set.shape;
  const sum = new Float64Array(channels * height * width);
  for (const index of indices) {
    for (const [i, byte] of set.image(index).entries()) sum[i]! += byte;
  }
  return sum.map((value) => value / (255 * indices.length));
}
