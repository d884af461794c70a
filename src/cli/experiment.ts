// What commands that run for hours share: a folder to go on in, signals, and the words of the command for its record.

import { cpus, totalmem } from "node:os";
import { type Experiment, openExperiment, type Plan } from "../run/index.ts";
import { watchSignals } from "./signals.ts";
import type { Ui } from "./ui.ts";

/** Opens the folder, works, and stops tidily on a signal: the same command goes on. */
export async function runExperiment<T>(
  folder: string,
  plan: Plan,
  ui: Ui,
  work: (experiment: Experiment, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const experiment = openExperiment(folder, plan);
  const signals = watchSignals(experiment.close, (signal) =>
    ui.reporter.warn(`${signal}: stopping; what is finished is kept, and the same command goes on`),
  );
  if (experiment.resumed) ui.reporter.note(`going on in ${folder}`);
  try {
    return await signals.during((signal) => work(experiment, signal));
  } catch (error) {
    experiment.abandon();
    throw error;
  } finally {
    ui.reporter.end();
    signals.dispose();
    experiment.close();
  }
}

/** The command as it was given, without the places of this machine. */
export function commandLine(words: readonly string[] = process.argv.slice(2)): string {
  const told: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const [flag, value] = words[i]!.split(/=(.*)/s);
    const place = { "--data-dir": "DIR", "--out": "OUT" }[flag!];
    told.push(place === undefined ? quote(words[i]!) : `${flag} ${place}`);
    if (place !== undefined && value === undefined) i++;
  }
  return ["datadam", ...told].join(" ");
}

function quote(word: string): string {
  return /^[\w.,:=/@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** What times were measured on. */
export function machine(): Record<string, unknown> {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
}
