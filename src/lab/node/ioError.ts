// System errors as errors that say what was being done and what helps.

import { DatadamError } from "../../errors.ts";

/** `ENOENT` and the like, where an error has such a code. */
export function errno(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : undefined;
}

const FREE_SPACE =
  "Free some space, then resume; or start again, where no checkpoint was written yet. What was " +
  "written before is intact.";
const REASONS: Readonly<Record<string, [reason: string, hint: string]>> = {
  ENOSPC: ["the disk is full", FREE_SPACE],
  EDQUOT: ["the disk quota is used up", FREE_SPACE],
  ENOENT: ["a folder of the path is not there and cannot be made", "Choose another folder."],
  EROFS: ["the file system is read-only", "Choose another folder."],
  EACCES: ["permission denied", "Choose a folder that you may write to."],
  EPERM: ["permission denied", "Choose a folder that you may write to."],
  ENOTDIR: ["a part of the path is not a folder", "Choose another folder."],
  EEXIST: ["a file is in its place", "Choose another folder."],
  EISDIR: ["a folder is in its place", "Move it away, or choose another name."],
  ENAMETOOLONG: ["the name is too long", "Choose another folder."],
};

/** A system error as a DatadamError `IO`. @param doing e.g. `Cannot write runs/a/job.json` */
export function ioError(error: unknown, doing: string): DatadamError {
  if (error instanceof DatadamError) return error;
  const [reason = error instanceof Error ? error.message : String(error), hint] = REASONS[errno(error) ?? ""] ?? [];
  return new DatadamError("IO", `${doing}: ${reason}`, { cause: error, hint });
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a folder",
};

/** As {@link ioError}, of what is only read: another folder for the output is no help. */
export function readError(error: unknown, doing: string): DatadamError {
  const reason = UNREADABLE[errno(error) ?? ""];
  if (error instanceof DatadamError || reason === undefined) return ioError(error, doing);
  return new DatadamError("IO", `${doing}: ${reason}`, { cause: error });
}
