// How far choosing images is: classes are under way side by side, and of each features are made first.

import type { SelectProgress } from "../../select/index.ts";
import type { Context } from "../types.ts";

/** One line of progress for all of it, instead of two that take turns. */
export function choosingProgress(
  { progress }: Pick<Context, "progress">,
  method: string,
): (step: SelectProgress) => void {
  let features: number | undefined;
  let choosing = 0;
  return ({ stage, done }) => {
    if (stage === "training") return progress({ stage, done, total: 1 });
    if (stage === "features") features = done;
    else choosing = done;
    const all = features === undefined ? choosing : (features + choosing) / 2;
    progress({ stage: `choosing by ${method}`, done: all, total: 1 });
  };
}
