// Parts put together: shards of classes, parts of a journal, or a whole job that finds what its parts have left.

import { type Event, type JobValue, type LabOptions, mergeBanks, mergeJournals, run } from "../lab/index.ts";
import { mergeRuns } from "../lab/merge.ts";
import type { Owner, Storage } from "../storage/index.ts";
import { folderOf } from "./folder.ts";
import type { Join, Plan, Range } from "./types.ts";

/** What putting together is handed. */
export interface JoinOptions extends LabOptions {
  readonly owner: Owner;
  readonly onEvent?: ((event: Event) => void) | undefined;
}

/** Where the parts lie, how they belong together, and the job that they are parts of. */
export interface Parts {
  readonly storage: Storage;
  readonly plan: Plan;
  readonly join: Join;
  readonly job: JobValue;
}

/** Beats of a lease: as many as `claim` waits for. */
const BEATS = 6;

/** Makes the whole in `out`; what is there already is kept. Lists are none of its affair. */
export async function putTogether(
  { storage, plan, join, job }: Parts,
  out: Storage,
  options: JoinOptions,
): Promise<void> {
  const { onEvent, ...given } = options;
  const lab = { ...given, ...leaseOf(plan) };
  if (join.how === "runs") await mergeRuns(foldersOf(storage, plan, join), out, lab);
  else if (join.how === "banks") await mergeBanks(foldersOf(storage, plan, join), out, lab);
  else if (join.how === "journals") {
    await mergeJournals(foldersOf(storage, plan, join), out, job, lab);
    await runTo(job, out, lab, onEvent);
  } else if (join.how === "found") await runTo(job, out, lab, onEvent);
}

/** Claims that end with the plan's lease, also where the process that holds them is there but stands still. */
export function leaseOf({ lease }: Plan): Pick<LabOptions, "interval" | "stalled"> {
  return { interval: (1000 * lease) / BEATS, stalled: "take" };
}

/** The folders of some jobs. */
function foldersOf(storage: Storage, plan: Plan, { first, count }: Range): Storage[] {
  return Array.from({ length: count }, (_, i) => storage.at(folderOf(plan, first + i)));
}

/** Runs a job to its end. @returns whether it was finished before */
export async function runTo(
  job: JobValue,
  out: Storage,
  options: LabOptions,
  onEvent: ((event: Event) => void) | undefined,
): Promise<boolean> {
  let already = false;
  for await (const event of run(job, out, options)) {
    if (event.type === "finished") already = event.already;
    onEvent?.(event);
  }
  options.signal?.throwIfAborted();
  return already;
}
