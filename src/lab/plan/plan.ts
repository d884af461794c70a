// The plan of a job: its kind measures each phase, on the engine and the readers that the job would have.

import { DatadamError } from "../../errors.ts";
import { memory, type Storage } from "../../storage/index.ts";
import { assertSameJob, differences, readFinished } from "../folder/folder.ts";
import { ALWAYS_FREE } from "../inputs/data.ts";
import { kindOf } from "../job.ts";
import { kinds } from "../registry.ts";
import { CHECKPOINT_SECONDS, resourcesOf } from "../run.ts";
import type { JobValue, Kind, Readers } from "../types.ts";
import { Meter, totalOf } from "./meter.ts";
import type { Plan, PlanContext, PlanOptions } from "./types.ts";

/**
 * Plans a job: what each phase will take on this machine, projected from a few steps of the real work. Nothing of it is
 * kept, and the folder (`storage`) is only read.
 *
 * @param job a value of `job()`; any other value is parsed.
 * @param tell takes what happens meanwhile.
 * @throws DatadamError INVALID_OPTION where the kind has no plan, RUN_EXISTS where the folder holds another job, and
 *   what the job itself would fail with; the reason of `signal`
 */
export async function plan(
  job: JobValue | Readonly<Record<string, unknown>>,
  options: PlanOptions,
  tell: Partial<Pick<PlanContext, "note" | "warn" | "progress">> = {},
): Promise<Plan> {
  const [kind, value] = kindOf(job);
  requirePlan(kind);
  const { readers, versions = {}, environment = {}, cache, checkpoint } = options;
  const { storage = memory(), signal = new AbortController().signal } = options;
  const { note = () => {}, warn = () => {}, progress = () => {} } = tell;
  await assertSameJob(storage, value, [...ALWAYS_FREE, ...kind.free]);
  const meter = new Meter(options.watchMemory, signal, note);
  const resources = resourcesOf(value, options, undefined);
  try {
    const { device, workers } = await resources.engine();
    const finished = await readFinished(storage);
    if (finished !== undefined && differences(finished.job, value, ALWAYS_FREE).length === 0) {
      meter.remark("The job is finished: nothing is left to do.");
    } else {
      const context: PlanContext = {
        ...{ job: value, readers, signal, versions, storage, meter, note, warn, progress },
        cache: typeof cache === "function" ? cache(warn) : cache,
        checkpoint: { steps: checkpoint?.steps, seconds: checkpoint?.seconds ?? CHECKPOINT_SECONDS },
        engine: resources.engine,
        part: (own, place, more) => planPart(context, own, place, more),
      };
      await kind.plan(context);
    }
    const { machine } = environment as { readonly machine?: Readonly<Record<string, unknown>> };
    return { job: value, machine: { ...machine, device, workers }, ...summary(meter) };
  } finally {
    await resources.close();
  }
}

/** Plans a job within that of another. */
async function planPart(
  context: PlanContext,
  job: JobValue | Readonly<Record<string, unknown>>,
  storage: Storage,
  { readers = context.readers, meter = context.meter }: { readonly readers?: Readers; readonly meter?: Meter } = {},
): Promise<void> {
  const [kind, value] = kindOf(JSON.parse(JSON.stringify(job)));
  requirePlan(kind);
  if ((await readFinished(storage)) !== undefined) return;
  const own: PlanContext = {
    ...{ ...context, job: value, storage, readers, meter },
    part: (inner, place, more) => planPart(own, inner, place, more),
  };
  await kind.plan(own);
}

/** @throws DatadamError INVALID_OPTION */
function requirePlan(kind: Kind): asserts kind is Kind & Required<Pick<Kind, "plan">> {
  if (kind.plan !== undefined) return;
  const known = kinds.filter((other) => other.plan !== undefined).map((other) => other.kind);
  throw new DatadamError("INVALID_OPTION", `a job of the kind ${kind.kind} has no plan`, {
    hint: `Kinds that have one: ${known.join(", ")}.`,
  });
}

function summary({ phases, notes }: Meter): Pick<Plan, "phases" | "total" | "notes"> {
  return { phases, total: totalOf(phases), notes };
}
