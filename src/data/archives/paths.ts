// Paths of an archive, and its refusal.

import { DatadamError } from "../../errors.ts";

/**
 * A path of an archive without `./` and a trailing slash. @throws DatadamError INVALID_DATA where it is absolute or
 * leads out
 */
export function normalPath(file: string, name: string): string {
  if (/^([/\\]|[A-Za-z]:[/\\])/.test(name)) throw refused(file, `"${name}" is an absolute path`);
  const parts = name.split(/[/\\]/).filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw refused(file, `"${name}" leads out of the archive`);
  return parts.join("/");
}

/** Paths one below the other, `.` and `..` resolved: `.` where nothing is left, `..` first where it leads out. */
export function joinPaths(...paths: readonly string[]): string {
  const parts: string[] = [];
  for (const part of paths.join("/").split("/")) {
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/") || ".";
}

/** What every refusal of an archive says. */
export function refused(file: string, what: string, cause?: unknown): DatadamError {
  return new DatadamError("INVALID_DATA", `The archive "${file}" was refused: ${what}.`, { cause });
}
