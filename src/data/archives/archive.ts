// Tar archives of the disk, plain or compressed, read as a stream and never written to disk.

import { createReadStream } from "node:fs";
import { pipeline, type Transform } from "node:stream";
import * as zlib from "node:zlib";
import { DatadamError } from "../../errors.ts";
import { type FileKind, kindOf, refused } from "./archiveFile.ts";
import { type ArchiveEntry, readTar, type TarOptions } from "./tar.ts";
import type { TarMember } from "./tarMembers.ts";

/** Bytes read at once: a read waits behind the images that are being decoded, in the same threads. */
const CHUNK = 2 ** 20;

/** Limits of {@link readArchive}. */
export interface ArchiveOptions extends TarOptions {
  /** A plain archive inside the file, to read instead of it. */
  member?: TarMember;
}

/** The entries of a tar archive in their order. @throws DatadamError as {@link readTar} does, and IO */
export async function* readArchive(path: string, options: ArchiveOptions): AsyncGenerator<ArchiveEntry> {
  const { member } = options;
  const file = member === undefined ? path : `${path}: ${member.path}`; // as messages name it
  if (member?.size === 0) throw refused(file, "it is empty"); // no range of a stream
  const kind = member === undefined ? await kindOf(path) : "tar";
  if (kind === "zip") throw refused(file, "it is a zip archive, not a tar archive");
  const unpack = unpacking(file, kind);
  const range = member && { start: member.start, end: member.start + member.size - 1 };
  const source = createReadStream(path, { ...range, highWaterMark: CHUNK });
  const chunks = unpack === undefined ? source : pipeline(source, unpack, () => {});
  try {
    yield* readTar(file, chunks, options);
  } finally {
    source.destroy();
    chunks.destroy();
  }
}

/** Node has Zstandard from 22.15 on. */
function unpacking(file: string, kind: FileKind): Transform | undefined {
  if (kind === "gzip") return zlib.createGunzip();
  if (kind !== "zstd") return undefined;
  const { createZstdDecompress: make } = zlib as { createZstdDecompress?: () => Transform };
  if (make !== undefined) return make();
  throw new DatadamError("INVALID_DATA", `"${file}" is compressed by Zstandard, which Node ${process.version} lacks.`, {
    hint: "Use Node 22.15 or later, or unpack it first (unzstd FILE) and give the .tar.",
  });
}
