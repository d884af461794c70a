// The job that evaluates: fresh networks trained on a small set alone, and on as many random real images, and tested.

import type * as z from "zod";
import { type Evaluation, networkTitle, planNetworks, workInImages } from "../../../evaluate/index.ts";
import type { ImageSet, PreparedSet, SyntheticSet } from "../../../images/index.ts";
import { canonicalJson } from "../../../run/portable.ts";
import { parseProtocol } from "../../../train/index.ts";
import { sha256 } from "../../folder/hash.ts";
import { addResult, type ResultEntry, type RowNames, readResults } from "../../folder/results.ts";
import { drawResult } from "../../inputs/pictures.ts";
import { prepareSet } from "../../inputs/prepare.ts";
import { readSet, subjectHash } from "../../inputs/sets.ts";
import { runAt, type Subject, subjectOf } from "../../inputs/subject.ts";
import type { Context, Kind } from "../../types.ts";
import { type EvaluateJob, type EvaluateResult, evaluateSchema } from "./job.ts";
import { measureRow, type Pace } from "./measure.ts";
import { plan } from "./plan.ts";
import { rowsOf, titleOf } from "./rows.ts";

/** Rows and networks that are done. */
const JOURNAL_FILE = "journal.jsonl";

export const evaluateKind: Kind<EvaluateJob, EvaluateResult> = {
  kind: "evaluate",
  about: "Trains fresh networks on a distilled set, and on random real images, and tests them.",
  schema: evaluateSchema as unknown as z.ZodType<EvaluateJob>,
  free: [],
  stands,
  plan,
  run,
};

/** What an evaluation is of, as its record keeps it: of another set, or other images, nothing is taken over. */
interface EvaluationRecord {
  /** SHA-256 of the set. */
  readonly subject: string;
  /** Fingerprint of the training part. */
  readonly data: string;
  readonly softLabels?: ResultEntry["softLabels"];
}

async function run(context: Context<EvaluateJob>): Promise<EvaluateResult> {
  const { job, folder } = context;
  const subject = await subjectOf(job, context);
  const { set, train, ipc, seed } = subject;
  const storage = job.keep === false ? undefined : subject.storage;
  // A file that cannot be added to shows before hours of training, not after.
  if (storage !== undefined) await readResults(storage);
  const { norm } = parseProtocol(job.protocol);
  const planned = planNetworks(set, job, norm, context.warn);
  const rows = await rowsOf(subject, context, planned[0]!.norm);
  const test = await testOnce(subject.test, set, context);
  const record = { subject: await subjectHash(set), data: subject.fingerprint, softLabels: rows.record };
  // What was measured of another set, such as the same run some iterations ago, is not gone on with.
  if (!isOf(folder.record, record)) await folder.storage.remove(JOURNAL_FILE);
  await folder.begin({ ...record, versions: context.versions });
  const journal = await folder.journal(JOURNAL_FILE);
  const pace: Pace = { seconds: 0, images: 0 };
  const entries: ResultEntry[] = [];
  for (const [number, network] of planned.entries()) {
    const prefix = planned.length > 1 ? `${networkTitle({ ...network })}, ` : "";
    const options = { networks: job.networks, protocol: job.protocol, ...network };
    const measured: Record<string, Evaluation> = {};
    for (const [name, row] of Object.entries(rows.rows)) {
      const measure = { journal, key: `${number}/${name}`, title: prefix + titleOf(name, job), first: job.first };
      // Said for all rows alike, so that they have the same networks.
      measured[name] = await measureRow(
        { ...row, options: { ...options, seed, ...row.options } },
        test,
        measure,
        context,
        pace,
      );
    }
    const key = `${number}/entry`;
    if (journal.get(key) === undefined) {
      await journal.add(key, {
        id: (await sha256(canonicalJson({ ...job, execution: undefined }), record.subject, key)).slice(0, 16),
        created: new Date(context.clock.now()).toISOString(),
        iteration: Number(set.provenance.iteration ?? 0),
        ...measured,
        ...(measured.chosen && { chosen: { ...measured.chosen, method: job.chosen } }),
        softLabels: rows.record,
      });
    }
    const entry = journal.get(key) as ResultEntry;
    if (storage !== undefined) await addResult(storage, entry, { ...context, owner: folder.claim.owner });
    context.emit({ type: "result", key: networkTitle({ ...network }), value: entry });
    entries.push(entry);
  }
  const parts = set.factor === undefined ? "" : `, ${set.factor} x ${set.factor} in each`;
  const shown = `${subject.name}${parts}${rows.record === undefined ? "" : ", soft labels"}`;
  const soft = rows.both ? ", soft labels" : "";
  const names: RowNames = {
    distilled: shown,
    ...(rows.both && { random: `random real${soft}` }),
    ...(job.chosen && { chosen: `${job.chosen}${soft}` }),
  };
  const wholeSeconds =
    job.whole === undefined && pace.images > 0 ? secondsOfWhole(subject, planned.length, pace) : undefined;
  if (storage !== undefined) await drawResult(storage, set, entries[0]!, names);
  return { entries, ipc, names, count: train.count, wholeSeconds, kept: storage !== undefined };
}

/** What the row of the whole set would take by its default protocol, with each of the networks. */
function secondsOfWhole({ train, test }: Subject, networks: number, { seconds, images }: Pace): number {
  const { epochs } = parseProtocol("whole");
  return (networks * workInImages(epochs, train.count, test.count) * seconds) / images;
}

/** Whether the result is of the set as it is now: a run may have gone on, a file may be another. */
async function stands(context: Context<EvaluateJob>): Promise<boolean> {
  const { job, folder, readers } = context;
  const run = job.data?.dataset === undefined ? await runAt(job.set, readers) : undefined;
  const earlier = folder.record as Partial<EvaluationRecord> | undefined;
  if (run !== undefined) return earlier?.subject === (await subjectHash(await readSet(run)));
  const { set, fingerprint } = await subjectOf(job, context);
  return earlier?.subject === (await subjectHash(set)) && earlier.data === fingerprint;
}

function isOf(earlier: unknown, { subject, data, softLabels }: EvaluationRecord): boolean {
  const there = earlier as Partial<EvaluationRecord> | undefined;
  if (there?.subject !== subject || there.data !== data) return false;
  return canonicalJson(there.softLabels ?? null) === canonicalJson(softLabels ?? null);
}
/** Whitens the test set once for all rows; without whitening preparing is free. */
async function testOnce(
  test: ImageSet,
  { preprocessing }: SyntheticSet,
  context: Context,
): Promise<ImageSet | PreparedSet> {
  if (preprocessing.zca === undefined) return test;
  return prepareSet(test, { zca: true, zcaEps: preprocessing.zca.eps }, context, preprocessing);
}
