// Tar archives, plain or compressed, read as a stream and never written to disk. What could hurt is refused, not
// skipped.

import { createReadStream } from "node:fs";
import { Transform, type TransformCallback } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as zlib from "node:zlib";
import { extract, type Header } from "tar-stream";
import { DatadamError } from "../../errors.ts";
import { type FileKind, kindOf, normalPath, refused } from "./archiveFile.ts";
import { type Link, symbolicLink } from "./links.ts";
import type { TarMember } from "./tarMembers.ts";

const BLOCK = 512;

/** A file or folder of an archive, its path normalised: no `./`, no trailing slash. */
export interface ArchiveEntry {
  readonly path: string;
  readonly folder: boolean;
  /** The contents; empty where they were not wanted. */
  readonly bytes: Uint8Array;
  /** Where the entry is a link: what it leads to. */
  readonly link?: Link;
}

/** Limits of {@link readArchive}. */
export interface ArchiveOptions {
  /** The most bytes that the archive may unpack to. */
  maxBytes: number;
  /** The most bytes that one wanted file may have. */
  maxFileBytes: number;
  /** Which files to read. */
  want: (path: string) => boolean;
  /** Whether links are given, too. Otherwise an archive that has some is refused. */
  links?: boolean;
  /** A plain archive inside the file, to read instead of it. */
  member?: TarMember;
}

/**
 * The entries of a tar archive in their order.
 * @throws DatadamError INVALID_DATA where the archive is damaged or cut off, holds a device, an absolute path or `..`,
 *   a link that was not asked for or that leads out, or is larger than the limits
 */
export async function* readArchive(path: string, options: ArchiveOptions): AsyncGenerator<ArchiveEntry> {
  const { member } = options;
  const file = member === undefined ? path : `${path}: ${member.path}`; // as messages name it
  if (member?.size === 0) throw refused(file, "it is empty"); // no range of a stream
  const kind = member === undefined ? await kindOf(path) : "tar";
  if (kind === "zip") throw refused(file, "it is a zip archive, not a tar archive");
  const counter = new ByteLimit(file, options.maxBytes);
  const tar = extract();
  let failure: unknown;
  const range = member && { start: member.start, end: member.start + member.size - 1 };
  const source = createReadStream(path, range);
  const unpack = unpacking(file, kind);
  const done = (unpack === undefined ? pipeline(source, counter, tar) : pipeline(source, unpack, counter, tar)).catch(
    (error) => {
      failure ??= error;
    },
  );
  try {
    for await (const entry of tar) {
      const inner = checkedPath(file, entry.header, options.links ?? false);
      if (!isSize(entry.header.size)) throw refused(file, `the size of "${inner}" is damaged`);
      const folder = entry.header.type === "directory";
      // No bytes follow a folder or link, whatever its header says (POSIX); the library would wait for them forever.
      if (folder || entry.header.type === "symlink") entry.header.size = 0;
      const wanted = !folder && options.want(inner);
      if (wanted && (entry.header.size ?? 0) > options.maxFileBytes) {
        throw refused(file, `"${inner}" has ${entry.header.size} bytes, more than ${options.maxFileBytes}`);
      }
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry) if (wanted) chunks.push(chunk as Uint8Array);
      yield { path: inner, folder, bytes: Buffer.concat(chunks), ...linkOf(file, inner, entry.header) };
    }
    await done;
    if (failure !== undefined) throw failure;
  } catch (error) {
    // The stream's own failure says more than the "premature close" that follows from it.
    throw asDatadamError(file, error instanceof DatadamError ? error : (failure ?? error));
  } finally {
    source.destroy();
    tar.destroy();
    await done;
  }
  if (!counter.sawEnd) throw refused(file, "it ends without an end mark: it was cut off");
}

/** Counts bytes, stops a stream that is too long, and remembers whether its last block was the zeros that end a tar. */
class ByteLimit extends Transform {
  readonly #file: string;
  readonly #limit: number;
  #count = 0;
  #zeros = 0;
  constructor(file: string, limit: number) {
    super();
    this.#file = file;
    this.#limit = limit;
  }
  get sawEnd(): boolean {
    return this.#zeros >= BLOCK;
  }
  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.#count += chunk.length;
    if (this.#count > this.#limit) {
      callback(refused(this.#file, `it unpacks to more than the limit of ${this.#limit} bytes`));
      return;
    }
    let zeros = 0;
    while (zeros < chunk.length && zeros < BLOCK && chunk[chunk.length - 1 - zeros] === 0) zeros++;
    this.#zeros = zeros === chunk.length ? this.#zeros + zeros : zeros;
    callback(null, chunk);
  }
}

/**
 * The library waits forever for the bytes of a size that is not a number, takes negative ones for 0 and reads -1 as -0.
 */
function isSize(size: number | undefined): boolean {
  return Number.isSafeInteger(size) && size! >= 0 && !Object.is(size, -0);
}

function checkedPath(file: string, { name, type }: Header, links: boolean): string {
  const link = type === "symlink" || type === "link";
  if (link && !links) throw refused(file, `"${name}" is a link`);
  if (!link && type !== "file" && type !== "contiguous-file" && type !== "directory") {
    throw refused(file, `"${name}" is neither a file nor a folder (${type ?? "unknown type"})`);
  }
  return normalPath(file, name);
}

function linkOf(file: string, path: string, { type, linkname }: Header): { link?: Link } {
  if (type === "link") return { link: { to: normalPath(file, linkname ?? "") } };
  return type === "symlink" ? { link: symbolicLink(file, path, linkname ?? "") } : {};
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

function asDatadamError(file: string, error: unknown): DatadamError {
  if (error instanceof DatadamError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return refused(file, `it is damaged, cut off, or not a tar archive (${message})`, error);
}
