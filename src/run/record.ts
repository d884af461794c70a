// What `record.json` must hold to be the record of a run. Keys of later versions may be there too.

import * as z from "zod";
import { expectation } from "../distill/config/index.ts";

const count = z.int().positive();
const index = z.int().nonnegative();

const record = z.looseObject({
  format: z.literal("datadam-run/1"),
  preset: z.string().nullable(),
  config: z.looseObject({}),
  dataset: z.looseObject({
    source: z.string(),
    dir: z.string().optional(),
    name: z.string(),
    count,
    shape: z.tuple([count, count, count]),
    classNames: z.array(z.string()).min(1),
    fingerprint: z.string(),
  }),
  classes: z.array(index).nullable(),
  selection: z.looseObject({ method: z.string() }).optional(),
  bank: z.looseObject({ path: z.string(), id: z.string(), statistics: z.string() }).optional(),
  initial: z.looseObject({ path: z.string(), sha256: z.string() }).optional(),
});

/** What is wrong with a record, e.g. `dataset.shape.1 must be a number`; undefined where nothing is. */
export function recordProblem(value: unknown): string | undefined {
  const issue = record.safeParse(value).error?.issues[0];
  return issue && `${issue.path.length === 0 ? "it" : issue.path.join(".")} ${expectation(issue)}`;
}
