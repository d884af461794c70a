// Parts of a job whose work is kept in journals, put together: the whole job then finds all of it done.

import { DatadamError } from "../errors.ts";
import { summaryOf } from "../evaluate/index.ts";
import type { Evaluation } from "../evaluate/types.ts";
import { canonicalJson } from "../run/portable.ts";
import { type ClaimOptions, jsonOf, type Storage } from "../storage/index.ts";
import { openFolder, RECORD_FILE, readFinished } from "./folder/folder.ts";
import { readJournal } from "./folder/journal.ts";
import { ROWS } from "./folder/results.ts";
import { kindOf } from "./job.ts";
import type { JobValue } from "./types.ts";

/** Journals, and a folder of files that they name. */
const JOURNALS = ["journal.jsonl", "journal-memory.jsonl"];
const MEMORY = "memory";

/** A row of an evaluation; its networks have keys of their own. */
const ROW = new RegExp(`^\\d+/(${ROWS.join("|")})$`);
/** What a part says of itself alone. */
const OWN = /^\d+\/entry$/;

/**
 * Begins a job with what its parts have done: networks of an evaluation, architectures of a search, methods of
 * continual learning. What is there already is kept.
 *
 * @param parts finished jobs of the same work, each with another part of it, in the order of the whole.
 * @throws DatadamError INVALID_OPTION where a part is not finished, or is of other images
 */
export async function mergeJournals(
  parts: readonly Storage[],
  out: Storage,
  value: JobValue,
  options: ClaimOptions,
): Promise<void> {
  const records: unknown[] = [];
  for (const part of parts) {
    if ((await readFinished(part)) === undefined) {
      throw new DatadamError("INVALID_OPTION", `${part.name} is not finished`, {
        hint: "Resume it, then merge again.",
      });
    }
    records.push(await jsonOf(part, RECORD_FILE));
  }
  for (const [i, record] of records.entries()) {
    if (canonicalJson(identityOf(record)) === canonicalJson(identityOf(records[0]))) continue;
    throw new DatadamError("INVALID_OPTION", `${parts[0]!.name} and ${parts[i]!.name} are of other images`);
  }
  const [kind, job] = kindOf(value);
  const folder = await openFolder(out, job, { ...options, free: kind.free });
  try {
    if (folder.record !== undefined && folder.finished !== undefined) return;
    if (folder.record === undefined) await folder.begin(records[0]);
    for (const name of JOURNALS) {
      const found: Map<string, unknown>[] = [];
      for (const part of parts) found.push(await readJournal(part, name));
      if (found.every(({ size }) => size === 0)) continue;
      const journal = await folder.journal(name);
      for (const [key, entry] of together(found)) if (journal.get(key) === undefined) await journal.add(key, entry);
    }
    for (const part of parts) {
      for (const name of await part.list(MEMORY)) {
        await folder.storage.write(`${MEMORY}/${name}`, (await part.read(`${MEMORY}/${name}`))!);
      }
    }
  } finally {
    await folder.release();
  }
}

/** A record without when it was made. */
function identityOf(record: unknown): unknown {
  const { created: _, versions: __, ...rest } = record as Readonly<Record<string, unknown>>;
  return rest;
}

/** The entries of several journals; rows of an evaluation have the networks of all. */
function together(journals: readonly Map<string, unknown>[]): Map<string, unknown> {
  const whole = new Map<string, unknown>();
  for (const journal of journals) {
    for (const [key, value] of journal) {
      if (OWN.test(key)) continue;
      const before = whole.get(key);
      if (before === undefined) whole.set(key, value);
      else if (ROW.test(key)) whole.set(key, joined(before as Evaluation, value as Evaluation));
    }
  }
  return whole;
}

function joined(a: Evaluation, b: Evaluation): Evaluation {
  const best = a.best && b.best && summaryOf([...a.best.accuracies, ...b.best.accuracies]);
  return {
    ...a,
    ...summaryOf([...a.accuracies, ...b.accuracies]),
    ...(best && { best }),
    byClass: a.byClass && b.byClass && [...a.byClass, ...b.byClass],
    confusion: a.confusion && b.confusion && [...a.confusion, ...b.confusion],
    seconds: a.seconds + b.seconds,
  };
}
