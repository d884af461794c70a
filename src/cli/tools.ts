// What parts of jobs are handed by commands that are not jobs: they tell the terminal, and are never stopped.

import { cacheFolder } from "../data/index.ts";
import { createMultiplier } from "../engine/index.ts";
import { folderCache, readers } from "../lab/node/index.ts";
import type { Context } from "../lab/types.ts";
import type { Ui } from "./ui.ts";

export type Tools = Pick<Context, "readers" | "signal" | "note" | "warn" | "progress" | "cache" | "withMultiplier">;

export function toolsOf({ reporter }: Ui, execution: { readonly workers?: number | undefined } = {}): Tools {
  return {
    readers,
    signal: new AbortController().signal,
    note: reporter.note,
    warn: reporter.warn,
    progress: (step) => reporter.progress(step),
    cache: folderCache(cacheFolder(), reporter.warn),
    async withMultiplier(work) {
      const multiplier = await createMultiplier(execution);
      try {
        return await work(multiplier);
      } finally {
        await multiplier.close();
      }
    },
  };
}
