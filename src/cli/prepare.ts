// Images prepared for a command that is not a job.

import type { ImageSet, PreparedSet, Preprocessing } from "../images/types.ts";
import { prepareSet } from "../lab/parts.ts";
import { toolsOf } from "./tools.ts";
import type { Ui } from "./ui.ts";

/** @param known preprocessing to use as it is. */
export async function prepareSource(
  set: ImageSet,
  config: { readonly zca: boolean; readonly zcaEps: number },
  ui: Ui,
  workers: { workers?: number },
  known?: Preprocessing,
): Promise<PreparedSet> {
  try {
    return await prepareSet(set, config, toolsOf(ui, workers), known);
  } finally {
    ui.reporter.end();
  }
}
