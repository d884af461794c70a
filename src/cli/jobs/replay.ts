// Replays of the command line: flags as a job, and its result as a table.

import { job, memory, type ReplayJob, type ReplayResult } from "../../lab/index.ts";
import { folder } from "../../lab/node/index.ts";
import { mean, sampleStd } from "../../statistics/index.ts";
import type { Flags } from "../command.ts";
import type { options } from "../commands/uses/replay.ts";
import { dataOf } from "../source.ts";
import { table } from "../table.ts";
import type { Ui } from "../ui.ts";
import { runJob } from "./running.ts";

type ReplayFlags = Flags<typeof options>;

/** Trains along the stream, and prints the table. */
export async function runReplay(flags: ReplayFlags, ui: Ui): Promise<void> {
  const { out } = flags;
  const storage = out === undefined ? memory("replay") : folder(out);
  const stopped = (): string | undefined => (out === undefined ? undefined : "stopped; the same command resumes");
  printReplay((await runJob<ReplayResult>(replayJob(flags), storage, ui, { stopped })).result, ui);
}

/** The job that the flags ask for. @throws DatadamError INVALID_OPTION */
function replayJob(flags: ReplayFlags): ReplayJob {
  const { set, stream, classes, blur, capacity, batch, lr, points, networks, arch, norm, seed } = flags;
  const { workers, device } = flags;
  const data = dataOf({ ...flags, dataset: stream });
  const options = { classes, blur, capacity, batch, lr, points, networks, arch, norm, seed };
  return job({ kind: "replay", set, data, ...options, execution: { workers, device } }) as ReplayJob;
}

/** Test accuracy along the stream. */
export function printReplay({ capacity, points }: ReplayResult, ui: Ui): void {
  const shown = (values: readonly number[]): string =>
    values.length === 1
      ? `${values[0]!.toFixed(1)} %`
      : `${mean(values).toFixed(1)} ± ${sampleStd(values).toFixed(1)} %`;
  const text = table(
    ["images seen", "classes", "with the set", "without"],
    points.map((row) => [String(row.images), String(row.classes), shown(row.with), shown(row.without)]),
  );
  ui.result(`${text}\nTest accuracy on all classes, memory of ${capacity} images.`, { capacity, points });
}
