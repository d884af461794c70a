// The demonstration: two jobs, a distillation and its evaluation.

import { join, relative } from "node:path";
import { type EvaluateJob, job } from "../lab/index.ts";
import { protocols } from "../train/index.ts";
import type { Protocol } from "../train/types.ts";
import { distillJob, startRun } from "./jobs/distilling.ts";
import { accuracyTable, runEvaluation } from "./jobs/evaluating.ts";
import { resolveSettings } from "./settings.ts";
import type { Ui } from "./ui.ts";

/** Shorter than `quick`: the demo is to take a minute, not to give numbers for a table. */
const SMALL: Protocol = { ...protocols.quick, name: "demo", epochs: 100, batch: 32 };
/** An epoch over the whole set has so many more steps that a few epochs are enough. */
const WHOLE: Protocol = { ...protocols.quick, name: "demo, whole set", epochs: 6, batch: 32 };

export async function runDemo(
  { out, workers }: { readonly out: string | undefined; readonly workers: number | undefined },
  ui: Ui,
): Promise<void> {
  const settings = resolveSettings({ dataset: "builtin", preset: "quick", workers }, {});
  const { directory } = await startRun(distillJob(settings), { out, stem: "runs/demo" }, ui);
  const evaluation = job({
    kind: "evaluate",
    set: directory,
    networks: 2,
    protocol: SMALL,
    whole: { networks: 1, protocol: WHOLE },
    execution: { workers },
  }) as EvaluateJob;
  const { entries, ipc, count } = await runEvaluation(evaluation, ui);
  const { random, distilled, whole } = entries[0]!;
  const picture = join(directory, "result.png");
  const rows = accuracyTable({ random: random!, distilled, whole: whole! }, ipc, { wholeCount: count });
  ui.result(`\n${rows}\n\npicture: ${relative(process.cwd(), picture)}`, {
    run: directory,
    picture,
    random,
    distilled,
    whole,
  });
}
