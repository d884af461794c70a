// An architecture search as a value.

import * as z from "zod";
import { DatadamError } from "../../../errors.ts";
import { narrow, parseSpace, type SearchSpace, spaces } from "../../../nas/index.ts";
import { dataSchema, executionSchema } from "../../inputs/data.ts";

/** The proxy that is the reference itself. */
const WHOLE = "whole";
const share = z.number().gt(0).lt(1);
const count = z.int().positive();
const choice = z.union([z.string(), z.number()]);

const referenceSchema = z.strictObject({
  from: z.string().min(1).default("train").describe("`train` makes a ranking; or the nas.json of another search."),
  epochs: count.default(20).describe("Passes over the real images."),
  images: count.optional().describe("Real images (default: all that are not held out)."),
});

export const nasSchema = z
  .strictObject({
    kind: z.literal("nas"),
    data: dataSchema.prefault({}),
    proxies: z
      .array(z.string().min(1))
      .default([])
      .describe("What architectures are trained on: runs, random, herding, k-center, k-means, early-stopping, whole."),
    space: z
      .union([z.string(), z.strictObject({ name: z.string(), axes: z.record(z.string(), z.array(choice).min(1)) })])
      .default("convnet-720")
      .describe("The search space: a known name, or the space itself."),
    subset: z.record(z.string(), z.array(choice).min(1)).default({}).describe("Only these choices of an axis."),
    maxMadds: z.number().positive().optional().describe("At most so many million multiply-adds an image."),
    sample: count.optional().describe("So many architectures, drawn so that every choice has its share."),
    seed: z.int().nonnegative().default(0).describe("Seed of every random draw."),
    epochs: count.default(200).describe("Epochs on a small set."),
    batch: count.default(64).describe("Images a step."),
    ipc: count.optional().describe("Images a class of chosen real images (default: as the first run, else 10)."),
    networks: count.default(1).describe("Networks an architecture."),
    halving: z
      .int()
      .min(2)
      .optional()
      .describe("Successive halving: 1/n of the architectures with n times the epochs."),
    validation: z
      .strictObject({ share: share.default(0.1), images: count.optional() })
      .prefault({})
      .describe("Training images that are held out to rank by: a share of each class, at most so many in all."),
    reference: referenceSchema.optional().describe("The ranking to compare with."),
    retrain: z
      .strictObject({ epochs: count, images: count.optional() })
      .optional()
      .describe("Trains what is selected on the whole set."),
    top: share.default(0.2).describe("Share of the reference ranking to compare apart."),
    execution: executionSchema.optional(),
  })
  .transform((job) => {
    if (!job.proxies.includes(WHOLE)) return job;
    const reference = job.reference ?? referenceSchema.parse({});
    return { ...job, proxies: job.proxies.filter((name) => name !== WHOLE), reference };
  })
  .superRefine((job, context) => {
    try {
      narrow(spaceOf(job), job.subset);
    } catch (error) {
      if (!(error instanceof DatadamError)) throw error;
      const { message, hint } = error;
      context.addIssue({ code: "custom", message: hint === undefined ? message : `${message}. ${hint}` });
    }
    if (job.proxies.length > 0 || job.reference !== undefined) return;
    context.addIssue({ code: "custom", message: "a search needs `proxies`, or a `reference`", path: ["proxies"] });
  });

export type NasJob = z.infer<typeof nasSchema>;

/** Keys that may be others when a search is resumed: further proxies and architectures, and what is made of them. */
export const NAS_FREE: readonly string[] = [
  ...["proxies", "space", "subset", "maxMadds", "sample", "epochs", "ipc", "halving"],
  ...["reference", "retrain", "top"],
];

/** The search space of a job. @throws DatadamError INVALID_OPTION */
export function spaceOf({ space }: Pick<NasJob, "space">): SearchSpace {
  if (typeof space !== "string") return parseSpace(space, "space");
  if (Object.hasOwn(spaces, space)) return spaces[space]!;
  throw new DatadamError("INVALID_OPTION", `unknown search space "${space}"`, {
    hint: `Known: ${Object.keys(spaces).join(", ")}; or give the space itself, with its "name" and "axes"`,
  });
}
