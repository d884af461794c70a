// `datadam distill`: a new run, or a run that goes on.

import { join } from "node:path";
import { readRecord, SYNTHETIC_FILE } from "../../run/index.ts";
import { type DistillFlags, resumeRun, startRun } from "../distilling.ts";
import { show } from "../folders.ts";
import { duration } from "../reporter.ts";
import type { DistillOutcome } from "../session.ts";
import { resolveSettings } from "../settings.ts";
import type { Ui } from "../ui.ts";

export async function distillCommand(flags: DistillFlags, ui: Ui): Promise<void> {
  // What is given for a run that is resumed are keys of its method.
  const method = flags.resume === undefined ? undefined : readRecord(flags.resume).config.method;
  const settings = resolveSettings(flags, process.env, ".", "--set", method);
  if (flags.printConfig) {
    const { job, config, sources } = settings;
    process.stdout.write(`${JSON.stringify({ ...job, config, sources }, undefined, 2)}\n`);
    return;
  }
  const outcome =
    flags.resume === undefined ? await startRun(flags, settings, ui) : await resumeRun(flags, settings, ui);
  tellOutcome(outcome, ui);
}

function tellOutcome({ run, set, iteration, loss, seconds }: DistillOutcome, ui: Ui): void {
  const { directory } = run;
  const images = set.labels.length;
  const facts = [
    `${images} images`,
    `iteration ${iteration}`,
    ...(loss === undefined ? [] : [`loss ${loss.toPrecision(4)}`]),
  ];
  ui.result(`${show(join(directory, SYNTHETIC_FILE))}: ${facts.join(", ")}, ${duration(seconds)}`, {
    run: directory,
    synthetic: join(directory, SYNTHETIC_FILE),
    grid: join(directory, "grid.png"),
    images,
    iteration,
    loss: loss ?? null,
    seconds,
  });
}
