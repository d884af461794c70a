// What parts of jobs are handed by commands that are not jobs: they tell the terminal, and are never stopped.

import { cacheFolder } from "../data/index.ts";
import { createEngine } from "../engine/index.ts";
import type { Engine } from "../engine/types.ts";
import { folderCache, readers } from "../lab/node/index.ts";
import type { Context } from "../lab/types.ts";
import type { Ui } from "./ui.ts";

export type Tools = Pick<Context, "readers" | "signal" | "note" | "warn" | "progress" | "cache" | "engine">;

/** Does work with tools whose engine, made when it is first asked for, is closed afterwards. */
export async function withTools<T>(
  { reporter }: Ui,
  execution: { readonly workers?: number | undefined },
  work: (tools: Tools) => Promise<T>,
): Promise<T> {
  let made: Promise<Engine> | undefined;
  try {
    return await work({
      readers,
      signal: new AbortController().signal,
      note: reporter.note,
      warn: reporter.warn,
      progress: (step) => reporter.progress(step),
      cache: folderCache(cacheFolder(), reporter.warn),
      engine() {
        made ??= createEngine(execution);
        return made;
      },
    });
  } finally {
    reporter.end();
    await (await made?.catch(() => undefined))?.close();
  }
}
