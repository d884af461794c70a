// What the system says went wrong, as a person should read it.

import { DatadamError } from "../../errors.ts";

/** The system's code of an error (`ENOENT`), if it has one. */
export function errno(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : undefined;
}

const FREE_SPACE =
  "Free some space, then resume; or start again, where no checkpoint was written yet. What was " +
  "written before is intact.";
/** What helps where a process may not open one more file. */
const MORE_FILES = "Raise the limit of this shell, as by `ulimit -n 1024`, and start again.";
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
  EMFILE: ["too many files are open at once", MORE_FILES],
  ENFILE: ["too many files are open at once", MORE_FILES],
};

/** A system error as one that says what was being done and what helps. */
export function ioError(error: unknown, doing: string): DatadamError {
  if (error instanceof DatadamError) return error;
  const code = errno(error);
  const known = code === undefined ? undefined : REASONS[code];
  const reason = known?.[0] ?? (error instanceof Error ? error.message : String(error));
  return new DatadamError("IO", `${doing}: ${reason}`, { cause: error, ...(known ? { hint: known[1] } : {}) });
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
