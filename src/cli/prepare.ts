// Images prepared for a command that is not a job.

import type { ImageSet, PreparedSet, Preprocessing } from "../images/types.ts";
import { prepareSet } from "../lab/parts.ts";
import { withTools } from "./tools.ts";
import type { Ui } from "./ui.ts";

/** @param known preprocessing to use as it is. */
export async function prepareSource(
  set: ImageSet,
  config: { readonly zca: boolean; readonly zcaEps: number },
  ui: Ui,
  workers: { workers?: number },
  known?: Preprocessing,
): Promise<PreparedSet> {
  return withTools(ui, workers, (tools) => prepareSet(set, config, tools, known));
}
