// What reading any archive needs: its kind, its paths, its refusal.

import { DatadamError } from "../../errors.ts";
import { openRegular } from "../../storage/node/index.ts";

export { normalPath, refused } from "./paths.ts";

/** What a file is by how it begins. */
export type FileKind = "zip" | "gzip" | "zstd" | "tar" | "Parquet" | "image" | undefined;

/** How files begin that are not read, what they are, and what can be done. */
const UNREAD: readonly (readonly [magics: readonly string[], what: string, hint: string])[] = [
  [["BZh"], "compressed by bzip2", "Unpack it first: bunzip2 -k FILE. Then give the .tar."],
  [["\xfd7zXZ"], "compressed by xz", "Unpack it first: xz -dk FILE. Then give the .tar."],
  [["7z\xbc\xaf"], "a 7-Zip archive", "Unpack it first (7z x FILE), or pack it as zip. Then give the folder."],
  [["Rar!"], "a RAR archive", "Unpack it first (unrar x FILE), or pack it as zip. Then give the folder."],
  [
    ["PK\x07\x08", "PK00PK"],
    "the first part of a split zip archive",
    "Join the parts: zip -s 0 ARCHIVE.zip -O WHOLE.zip. Then give the whole.",
  ],
];
/** What ends the names of the later parts of an archive that was cut into pieces. */
const PIECES = /\.(z\d\d|zip\.\d{3}|7z\.\d{3}|(tar|tgz|tar\.gz|zip)[._-]?(part)?[._-]?a[a-z])$/i;

const HEAD = 512;

/** Recognises what is read here. A damaged or very old tar archive is not recognised. @throws DatadamError IO */
export async function kindOf(file: string): Promise<FileKind> {
  const head = await readHead(file);
  const begins = (...magics: string[]) => magics.some((magic) => head.startsWith(magic));
  assertRead(file, head);
  if (begins("PK\x03\x04", "PK\x05\x06")) return "zip"; // a file, or the end of an empty directory
  if (begins("\x1f\x8b")) return "gzip";
  if (begins("\x28\xb5\x2f\xfd")) return "zstd";
  if (begins("PAR1")) return "Parquet";
  if (begins("\x89PNG", "\xff\xd8\xff", "GIF8", "BM", "II*\0", "MM\0*") || /^RIFF....WEBP/s.test(head)) return "image";
  return head.slice(257, 262) === "ustar" ? "tar" : undefined;
}

/** @throws DatadamError INVALID_DATA with what can be done, where a file that begins so is none that is read */
function assertRead(file: string, head: string): void {
  if (isLfsPointer(head)) throw lfsPointer(file);
  const [, what, hint] = UNREAD.find(([magics]) => magics.some((magic) => head.startsWith(magic))) ?? [];
  if (what !== undefined) {
    throw new DatadamError("INVALID_DATA", `"${file}" is ${what}, which is not read.`, { hint: hint! });
  }
  if (!PIECES.test(file)) return;
  throw new DatadamError("INVALID_DATA", `"${file}" is a piece of an archive that was cut up.`, {
    hint: "Join the pieces: cat ARCHIVE.* > WHOLE for .001 or .aa, zip -s 0 for .z01. Then give the whole.",
  });
}

/** Whether a file that begins so is a pointer of Git LFS, which stands where a large file should be. */
export function isLfsPointer(head: string): boolean {
  return head.startsWith("version https://git-lfs.github.com/spec/");
}

/** The refusal of such a pointer. */
export function lfsPointer(file: string): DatadamError {
  return new DatadamError("INVALID_DATA", `"${file}" is a pointer of Git LFS, not the file itself.`, {
    hint: "The clone was made without Git LFS. Install it, then run in the clone: git lfs install && git lfs pull",
  });
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
  zst: "zstd",
  tzst: "zstd",
  parquet: "Parquet",
};
/** What each is, as a person says it. */
export const TITLES = {
  zip: "a zip archive",
  gzip: "gzipped",
  zstd: "compressed by Zstandard",
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
