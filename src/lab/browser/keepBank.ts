// A bank that a person gives to a page, as its folder or as a zip of it: kept in the browser's storage.

import { type GivenFile, openFiles } from "../../data/browser/index.ts";
import { DatadamError } from "../../errors.ts";
import { LIMITS } from "../../limits.ts";
import { PREPROCESSING_FILE } from "../../run/portable.ts";
import type { Storage } from "../../storage/index.ts";
import { NETWORKS, SPEC_FILE, STATISTICS } from "../bank/record.ts";
import { JOB_FILE, RECORD_FILE } from "../folder/folder.ts";

/** What a distillation reads of a bank. */
const FILES = new Set([JOB_FILE, RECORD_FILE, PREPROCESSING_FILE]);

/**
 * Copies a bank, of which jobs are then told by its place (`bank`). Files that no distillation reads are left out.
 *
 * @param storage that holds nothing yet.
 * @throws DatadamError RUN_NOT_FOUND where there is no bank, INVALID_DATA, IO where the browser has no room for it
 */
export async function keepBank(
  files: readonly GivenFile[],
  storage: Storage,
  { onProgress = () => {}, signal }: KeepOptions = {},
): Promise<void> {
  const { name, paths, read } = await openFiles(files, { maxFileBytes: LIMITS.arrayFileBytes });
  const folder = paths
    .filter((path) => path === RECORD_FILE || path.endsWith(`/${RECORD_FILE}`))
    .map((path) => path.slice(0, -RECORD_FILE.length))
    .sort((a, b) => a.length - b.length)[0];
  if (folder === undefined) {
    throw new DatadamError("RUN_NOT_FOUND", `No bank in "${name}": there is no ${RECORD_FILE}`, {
      hint: "Give the folder that a job of the kind bank made, or a zip of it.",
    });
  }
  const wanted = new Set(paths.filter((path) => path.startsWith(folder) && isOfBank(path.slice(folder.length))));
  let done = 0;
  await read(wanted, async (path, bytes) => {
    signal?.throwIfAborted();
    await storage.write(path.slice(folder.length), bytes);
    onProgress(++done, wanted.size);
  });
}

interface KeepOptions {
  /** Files that are done, and all. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

function isOfBank(path: string): boolean {
  const [folder, ...rest] = path.split("/");
  const last = rest.at(-1);
  if (folder === NETWORKS) return rest.length === 1 && last!.endsWith(".safetensors");
  if (folder === STATISTICS) return rest.length === 2 && (last === SPEC_FILE || last!.endsWith(".safetensors"));
  return FILES.has(path);
}
