// What the folder of a distillation says of it.

import type { SyntheticSet } from "../../../images/index.ts";
import type { RunRecord } from "../../../run/portable.ts";
import { setHash } from "../../inputs/sets.ts";
import type { Context } from "../../types.ts";
import type { DistillJob } from "./job.ts";

/** What the folder of a run says of it. */
export async function recordOf(
  { job, versions, clock }: Pick<Context<DistillJob>, "job" | "versions" | "clock">,
  {
    config,
    initial,
    ...rest
  }: Pick<RunRecord, "config" | "dataset" | "classes" | "bank"> & {
    readonly initial: SyntheticSet | undefined;
  },
): Promise<RunRecord> {
  return {
    format: "datadam-run/1",
    preset: job.method.preset,
    seed: config.seed,
    config,
    ...rest,
    ...(initial && { initial: { path: job.initial!, sha256: await setHash(initial) } }),
    versions,
    created: new Date(clock.now()).toISOString(),
  };
}
