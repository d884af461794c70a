// What reading any archive needs: its kind, its paths, its refusal.

import { DatadamError } from "../../errors.ts";
import { openRegular } from "../../storage/node/index.ts";

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

/** What a file is by how it begins. */
export type FileKind = "zip" | "gzip" | "tar" | "Parquet" | "image" | undefined;

const HEAD = 512;

/** Recognises what is read here. A damaged or very old tar archive is not recognised. @throws DatadamError IO */
export async function kindOf(file: string): Promise<FileKind> {
  const head = await readHead(file);
  const begins = (...magics: string[]) => magics.some((magic) => head.startsWith(magic));
  if (begins("PK\x03\x04", "PK\x05\x06")) return "zip"; // a file, or the end of an empty directory
  if (begins("\x1f\x8b")) return "gzip";
  if (begins("PAR1")) return "Parquet";
  if (begins("\x89PNG", "\xff\xd8\xff", "GIF8") || /^RIFF....WEBP/s.test(head)) return "image";
  return head.slice(257, 262) === "ustar" ? "tar" : undefined;
}

/** The first bytes of a file, a character each. */
async function readHead(file: string): Promise<string> {
  try {
    const handle = await openRegular(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD), 0, HEAD, 0);
      return buffer.toString("latin1", 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new DatadamError("IO", `"${file}" cannot be read: ${(cause as Error).message}`, { cause });
  }
}

const ARCHIVES: Readonly<Record<string, FileKind>> = {
  zip: "zip",
  tar: "tar",
  tgz: "gzip",
  gz: "gzip",
  parquet: "Parquet",
};
/** What each is, as a person says it. */
export const TITLES = {
  zip: "a zip archive",
  gzip: "gzipped",
  tar: "a plain tar archive",
  Parquet: "a Parquet file",
  image: "an image",
};

/** Warns where an archive is of another kind than its name says. */
export function warnMislabelledArchive(file: string, kind: FileKind, onWarning: (message: string) => void): void {
  const named = ARCHIVES[/\.(\w+)$/.exec(file)?.[1].toLowerCase() ?? ""];
  if (kind === undefined || named === undefined || named === kind) return;
  onWarning(`"${file}" is ${TITLES[kind]}, whatever its name says, and read as that`);
}

/** What every refusal of an archive says. */
export function refused(file: string, what: string, cause?: unknown): DatadamError {
  return new DatadamError("INVALID_DATA", `The archive "${file}" was refused: ${what}.`, { cause });
}
