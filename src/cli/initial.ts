// The set that a distillation starts from: a run, or a file of this or another program.

import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatadamError } from "../errors.ts";
import type { ImageSet, SyntheticSet } from "../images/types.ts";
import { holdsSyntheticSet, type RunInitial, readSyntheticSet, SYNTHETIC_FILE, setHash } from "../run/index.ts";
import { readOther } from "./subject.ts";
import type { Ui } from "./ui.ts";

/**
 * Reads the set of `--init PATH`. Float images of other programs are taken to be normalised as the training images are.
 *
 * @param tell of what was assumed.
 * @throws DatadamError RUN_NOT_FOUND, INVALID_RUN, INVALID_DATA, IO
 */
export async function readInitialSet(path: string, train: ImageSet, ui: Ui, tell: boolean): Promise<SyntheticSet> {
  if (isOurs(path)) return readSyntheticSet(path);
  const { set, notes } = await readOther(path, train, {}, ui, "");
  if (tell) for (const note of notes) ui.reporter.note(`initial images: ${note}`);
  return set;
}

/** A run, finished or not; a set in our format; nothing at all, for the error that says so. */
function isOurs(path: string): boolean {
  if (!existsSync(path) || holdsSyntheticSet(path)) return true;
  const folder = statSync(path).isDirectory();
  return folder && ["config.json", SYNTHETIC_FILE].some((name) => existsSync(join(path, name)));
}

/** What a run records of it. */
export function recordInitial(path: string, set: SyntheticSet): RunInitial {
  return { path, sha256: setHash(set) };
}

/** Reads it again for a run. @throws DatadamError INVALID_DATA where it is no longer the same */
export async function rereadInitial({ path, sha256 }: RunInitial, train: ImageSet, ui: Ui): Promise<SyntheticSet> {
  const set = await readInitialSet(path, train, ui, false);
  if (setHash(set) === sha256) return set;
  throw new DatadamError("INVALID_DATA", `The set at ${path} is not the one that the run was begun with`, {
    hint: "Put the earlier one back, or start a new run.",
  });
}
