// Rows of chosen real images.

import { createEngine } from "../../engine/index.ts";
import type { PreparedSet, SyntheticSet } from "../../images/types.ts";
import { type SelectMethod, select } from "../../select/index.ts";
import type { Ui } from "../ui.ts";
import type { Execution } from "./plan.ts";

/** What decides which images are chosen of a prepared set. */
export interface Selection {
  readonly method: SelectMethod;
  readonly ipc: number;
  readonly seed: number;
  readonly features?: "pixels" | "convnet";
}

export async function choose(
  set: PreparedSet,
  selection: Selection,
  { workers, device }: Execution,
  { reporter }: Ui,
): Promise<SyntheticSet> {
  const engine = await createEngine({
    ...(workers === undefined ? {} : { workers }),
    ...(device === undefined ? {} : { device }),
  });
  try {
    return await select(set, {
      ...selection,
      engine,
      onProgress: ({ stage, done }) => reporter.progress({ stage, done, total: 1 }),
    });
  } finally {
    reporter.end();
    await engine.close();
  }
}
