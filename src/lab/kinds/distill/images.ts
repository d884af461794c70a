// The images that a bank was made of: a distillation from it begins with some of them.

import type { PreparedSet } from "../../../images/index.ts";
import type { RunDataset } from "../../../run/portable.ts";
import type { Bank } from "../../bank/bank.ts";
import { requireImages } from "../../bank/record.ts";
import { placeOf } from "../../inputs/data.ts";
import { defined, loadData, optionsOf, type Source } from "../../inputs/load.ts";
import { prepareSet } from "../../inputs/prepare.ts";
import type { Context } from "../../types.ts";
import type { DistillJob } from "./job.ts";

/** The images that a bank was made of, prepared as they were then. @throws DatadamError INVALID_DATA for others */
export async function bankImages(
  context: Omit<Context, "job"> & { readonly job: Pick<DistillJob, "data"> },
  bank: Bank,
  { source, use = "the initial images" }: { readonly source?: Source | undefined; readonly use?: string } = {},
): Promise<{ readonly prepared: PreparedSet; readonly description: RunDataset }> {
  const { job, note } = context;
  const { dataset, zca } = bank.record;
  const own = dataOf(job, bank);
  if (source === undefined) note(`loading ${own.dataset} for ${use}`);
  const { dataset: loaded, description } = source ?? (await loadData(own, context));
  const hint = "Give the data set of the bank, or initial images that need none: `init` noise.";
  requireImages(bank.storage.name, dataset, description, hint);
  const wanted = { zca: zca !== false, zcaEps: zca === false ? 0.1 : zca.eps };
  const known = zca === false ? undefined : bank.preprocessing;
  return { prepared: await prepareSet(loaded.train, wanted, context, known), description };
}

/** The data set of a bank, unless another is named, which then has to hold the same images. */
export function dataOf({ data }: Pick<DistillJob, "data">, { record }: Bank): DistillJob["data"] {
  return data.dataset === "builtin" ? { ...optionsOf(record.dataset), ...defined(placeOf(data)) } : data;
}
