// Zip archives of images, zip64 too: files read from the disk one by one, in any order, never the whole archive in
// memory (src/formats/zip.ts reads small zips that are in memory). What the directory says is checked against what is
// there.

import type { FileHandle } from "node:fs/promises";
import { crc32, inflateRawSync } from "node:zlib";
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from "yauzl";
import { DatadamError } from "../../errors.ts";
import { LIMITS } from "../../limits.ts";
import { openRegular } from "../../storage/node/index.ts";
import { normalPath, refused } from "./archiveFile.ts";
import { type Link, resolveLinks, symbolicLink } from "./links.ts";
import type { FileTree } from "./tree.ts";

const PIECE = 2 ** 20;
const UNIX_KIND = 0o170000;
const UNIX_LINK = 0o120000;

/** Limits of {@link zipTree}. */
export interface ZipOptions {
  /** The most bytes that the archive may unpack to. */
  maxBytes: number;
  /** The most bytes that one file that is read may have. */
  maxFileBytes: number;
}

/**
 * The files of a zip archive. Only its directory is read at once.
 * @throws DatadamError INVALID_DATA where the archive is damaged or cut off, holds a link that leads out, an encrypted
 *   file, a name twice, an absolute path or `..`, or is larger than the limits; IO where the file cannot be read
 */
export async function zipTree(file: string, options: ZipOptions): Promise<FileTree> {
  const handle = await openRegular(file).catch((cause) => {
    throw new DatadamError("IO", `"${file}" cannot be read: ${cause.message}`, { cause });
  });
  try {
    const { size } = await handle.stat();
    const reader = new HandleReader(handle, size);
    const zip = await fromRandomAccessReaderPromise(reader, size, { autoClose: false });
    const { entries, folders, linked } = await list(file, zip, options.maxBytes);
    reader.ahead = false;
    const links = new Map<string, Link>();
    for (const [path, entry] of linked) {
      const to = await unpack(file, path, entry, zip, handle, LIMITS.linkLength);
      links.set(path, symbolicLink(file, path, new TextDecoder().decode(to)));
    }
    const files = new Map(entries);
    for (const [path, to] of resolveLinks(file, [...entries.keys()], links)) files.set(path, entries.get(to)!);
    return {
      root: file,
      files: [...files.keys()],
      folders,
      where: (path) => `${file}: ${path}`,
      read: (path) => unpack(file, path, files.get(path)!, zip, handle, options.maxFileBytes),
      stamp: async (path) => `${files.get(path)!.uncompressedSize} ${files.get(path)!.crc32}`,
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw asDatadamError(file, error);
  }
}

async function list(
  file: string,
  zip: ZipFile,
  maxBytes: number,
): Promise<{ entries: Map<string, Entry>; folders: string[]; linked: Map<string, Entry> }> {
  const entries = new Map<string, Entry>();
  const linked = new Map<string, Entry>();
  const folders: string[] = [];
  let total = 0;
  for await (const entry of zip.eachEntry()) {
    const path = normalPath(file, entry.fileName);
    if (entry.fileName.endsWith("/")) {
      folders.push(path);
      continue;
    }
    const link = ((entry.externalFileAttributes >>> 16) & UNIX_KIND) === UNIX_LINK;
    if (entry.isEncrypted()) throw refused(file, `"${path}" is encrypted`);
    if (!entry.canDecodeFileData()) throw refused(file, `"${path}" is packed by method ${entry.compressionMethod}`);
    if (entries.has(path) || linked.has(path)) throw refused(file, `it holds "${path}" twice`);
    total += entry.uncompressedSize;
    if (total > maxBytes) throw refused(file, `it unpacks to more than the limit of ${maxBytes} bytes`);
    (link ? linked : entries).set(path, entry);
  }
  return { entries, folders, linked };
}

async function unpack(
  file: string,
  path: string,
  entry: Entry,
  zip: ZipFile,
  handle: FileHandle,
  maxBytes: number,
): Promise<Uint8Array> {
  const { compressedSize, compressionMethod, uncompressedSize: size } = entry;
  const most = Math.max(size, compressedSize);
  if (most > maxBytes) throw refused(file, `"${path}" has ${most} bytes, more than ${maxBytes}`);
  try {
    // Refuses bytes past the end of the file, so that no more is allocated than there is.
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    const packed = Buffer.alloc(compressedSize);
    await handle.read(packed, 0, compressedSize, fileDataStart);
    const bytes = compressionMethod === 0 ? packed : inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
    if (bytes.length !== size) throw new Error(`it unpacks to ${bytes.length} bytes, not to ${size}`);
    if (crc32(bytes) !== entry.crc32) throw new Error("its checksum is wrong");
    return bytes;
  } catch (cause) {
    throw refused(file, `"${path}" is damaged (${(cause as Error).message})`, cause);
  }
}

/**
 * Lets yauzl read the directory, a piece of which is kept, since it asks for 46 bytes and for a name in turn, and the
 * local headers. A position that a damaged archive makes up is an error of its callback.
 */
class HandleReader extends RandomAccessReader {
  readonly #handle: FileHandle;
  readonly #size: number;
  #piece: { readonly start: number; readonly bytes: Buffer } | undefined;
  /** Whether each read begins where the one before ended. */
  ahead = true;
  constructor(handle: FileHandle, size: number) {
    super();
    this.#handle = handle;
    this.#size = size;
  }
  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.#read(buffer.subarray(offset, offset + length), position).then(() => callback(null), callback);
  }
  async #read(out: Buffer, position: number): Promise<void> {
    const end = position + out.length;
    if (end > this.#size) throw new Error(`its directory points to byte ${position} of ${this.#size}`);
    if (!this.ahead) {
      await this.#handle.read(out, 0, out.length, position);
      return;
    }
    if (
      this.#piece === undefined ||
      position < this.#piece.start ||
      end > this.#piece.start + this.#piece.bytes.length
    ) {
      const bytes = Buffer.alloc(Math.min(Math.max(PIECE, out.length), this.#size - position));
      await this.#handle.read(bytes, 0, bytes.length, position);
      this.#piece = { start: position, bytes };
    }
    this.#piece.bytes.copy(out, 0, position - this.#piece.start);
  }
}

function asDatadamError(file: string, error: unknown): DatadamError {
  if (error instanceof DatadamError) return error;
  if (/multi-disk/.test((error as Error).message)) {
    return new DatadamError(
      "INVALID_DATA",
      `The archive "${file}" is the last part of a split zip archive (multi-disk).`,
      {
        cause: error,
        hint: "Join the parts: zip -s 0 ARCHIVE.zip -O WHOLE.zip. Then give the whole.",
      },
    );
  }
  return refused(file, `it is damaged, cut off, or no zip archive (${(error as Error).message})`, error);
}
