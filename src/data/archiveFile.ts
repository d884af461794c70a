// What reading any archive needs: its kind, its paths, its refusal.

import { open } from "node:fs/promises";
import { DatadamError } from "../errors.ts";

/** A path of an archive without `./` and a trailing slash. @throws DatadamError INVALID_DATA where it is absolute or leads out */
export function normalPath(file: string, name: string): string {
  if (/^([/\\]|[A-Za-z]:[/\\])/.test(name)) throw refused(file, `"${name}" is an absolute path`);
  const parts = name.split(/[/\\]/).filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw refused(file, `"${name}" leads out of the archive`);
  return parts.join("/");
}

/** Whether a file begins as a zip archive does. @throws DatadamError IO */
export async function isZip(file: string): Promise<boolean> {
  return ["PK\x03\x04", "PK\x05\x06"].includes(await readHead(file)); // a file, or the end of an empty directory
}

/** Whether a file begins as a gzipped one does. @throws DatadamError IO */
export async function isGzip(file: string): Promise<boolean> {
  return (await readHead(file)).startsWith("\x1f\x8b");
}

/** The first four bytes of a file, a character each. */
async function readHead(file: string): Promise<string> {
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
      return buffer.toString("latin1", 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new DatadamError("IO", `"${file}" cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** What every refusal of an archive says. */
export function refused(file: string, what: string, cause?: unknown): DatadamError {
  return new DatadamError("INVALID_DATA", `The archive "${file}" was refused: ${what}.`, { cause });
}
