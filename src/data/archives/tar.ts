// Tar archives, read from the chunks of their unpacked bytes. What could hurt is refused, not skipped.

import { concatBytes } from "../../bytes.ts";
import { DatadamError } from "../../errors.ts";
import { type Link, symbolicLink } from "./links.ts";
import { normalPath, refused } from "./paths.ts";
import { BLOCK, decodeHeader, decodeRecords, type TarHeader, text } from "./tarHeader.ts";

/** Of a long name, or of pax records. */
const LONG_BYTES = 4 * 2 ** 20;

/** A file or folder of an archive, its path normalised: no `./`, no trailing slash. */
export interface ArchiveEntry {
  readonly path: string;
  readonly folder: boolean;
  /** The contents; empty where they were not wanted. */
  readonly bytes: Uint8Array;
  /** Where the entry is a link: what it leads to. */
  readonly link?: Link;
}

/** Limits of {@link readTar}. */
export interface TarOptions {
  /** The most bytes that the archive may unpack to. */
  maxBytes: number;
  /** The most bytes that one wanted file may have. */
  maxFileBytes: number;
  /** Which files to read. */
  want: (path: string) => boolean;
  /** Whether links are given, too. Otherwise an archive that has some is refused. */
  links?: boolean;
}

/**
 * The entries of a tar archive in their order.
 *
 * @param file names it in messages.
 * @param chunks of its unpacked bytes; an error of theirs is that of a damaged archive.
 * @throws DatadamError INVALID_DATA where the archive is damaged or cut off, holds a device, an absolute path or `..`,
 *   a link that was not asked for or that leads out, or is larger than the limits
 */
export async function* readTar(
  file: string,
  chunks: AsyncIterable<Uint8Array>,
  options: TarOptions,
): AsyncGenerator<ArchiveEntry> {
  const limit = new ByteLimit(file, options.maxBytes);
  const bytes = new Bytes(limited(chunks, limit));
  try {
    for (;;) {
      const header = await nextHeader(bytes);
      if (header === undefined) break;
      const path = checkedPath(file, header, options.links ?? false);
      const folder = header.type === "directory";
      // No bytes follow a folder or link, whatever its header says.
      const size = folder || header.type === "symlink" ? 0 : header.size;
      if (!Number.isSafeInteger(size) || size < 0) throw refused(file, `the size of "${path}" is damaged`);
      const wanted = !folder && options.want(path);
      if (wanted && size > options.maxFileBytes) {
        throw refused(file, `"${path}" has ${size} bytes, more than ${options.maxFileBytes}`);
      }
      const contents = wanted ? await bytes.take(size) : new Uint8Array();
      if (!wanted) await bytes.skip(size);
      await bytes.skip(filling(size));
      yield { path, folder, bytes: contents, ...linkOf(file, path, header) };
    }
  } catch (error) {
    if (error instanceof DatadamError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw refused(file, `it is damaged, cut off, or not a tar archive (${message})`, error);
  } finally {
    await bytes.close();
  }
  if (!limit.sawEnd) throw refused(file, "it ends without an end mark: it was cut off");
}

/** The header of the next entry, with the long names that stand before it; undefined at the end. */
async function nextHeader(bytes: Bytes): Promise<TarHeader | undefined> {
  let found: { name?: string; link?: string; size?: number } = {};
  for (;;) {
    if (await bytes.ended()) return undefined;
    const header = decodeHeader(await bytes.take(BLOCK));
    if (header === undefined) continue; // Zeros: whatever follows them is read, too.
    const { type, size } = header;
    if (type === undefined || !/^(long|records|global)/.test(type)) {
      const whole = { ...header, ...found };
      // Old archives mark folders by their name.
      return type === "file" && whole.name.endsWith("/") ? { ...whole, type: "directory" } : whole;
    }
    if (type === "global records") {
      await bytes.skip(size + filling(size));
      continue;
    }
    if (!(size <= LONG_BYTES)) throw new Error("a name or its records are far too long");
    const long = await bytes.take(size);
    await bytes.skip(filling(size));
    if (type === "long path") found = { ...found, name: text(long, 0, size) };
    else if (type === "long link") found = { ...found, link: text(long, 0, size) };
    else {
      const { path, linkpath, size: length } = decodeRecords(long);
      found = {
        ...found,
        ...(path && { name: path }),
        ...(linkpath && { link: linkpath }),
        ...(length && { size: Number.parseInt(length, 10) }),
      };
    }
  }
}

/** Bytes after contents of a size, up to the next block. */
function filling(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

async function* limited(chunks: AsyncIterable<Uint8Array>, limit: ByteLimit): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    limit.add(chunk);
    yield chunk;
  }
}

/** Chunks as one row of bytes. */
class Bytes {
  readonly #chunks: AsyncGenerator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();
  constructor(chunks: AsyncGenerator<Uint8Array>) {
    this.#chunks = chunks;
  }
  /** Whether there are no more. */
  async ended(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#chunks.next();
      if (done) return true;
      this.#rest = value;
    }
    return false;
  }
  /** The next ones, a copy. @throws Error where there are fewer */
  async take(length: number): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    await this.#pass(length, (piece) => pieces.push(piece));
    return concatBytes(pieces);
  }
  /** @throws Error where there are fewer */
  skip(length: number): Promise<void> {
    return this.#pass(length, () => {});
  }
  async close(): Promise<void> {
    await this.#chunks.return(undefined);
  }
  async #pass(length: number, take: (piece: Uint8Array) => void): Promise<void> {
    for (let left = length; left > 0; ) {
      if (await this.ended()) throw new Error("it ends too early");
      const piece = this.#rest.subarray(0, left);
      take(piece);
      left -= piece.length;
      this.#rest = this.#rest.subarray(piece.length);
    }
  }
}

/** Counts bytes, and remembers whether the last block was the zeros that end a tar. */
class ByteLimit {
  readonly #file: string;
  readonly #limit: number;
  #count = 0;
  #zeros = 0;
  constructor(file: string, limit: number) {
    this.#file = file;
    this.#limit = limit;
  }
  get sawEnd(): boolean {
    return this.#zeros >= BLOCK;
  }
  /** @throws DatadamError INVALID_DATA where there are too many */
  add(chunk: Uint8Array): void {
    this.#count += chunk.length;
    if (this.#count > this.#limit) {
      throw refused(this.#file, `it unpacks to more than the limit of ${this.#limit} bytes`);
    }
    let zeros = 0;
    while (zeros < chunk.length && zeros < BLOCK && chunk[chunk.length - 1 - zeros] === 0) zeros++;
    this.#zeros = zeros === chunk.length ? this.#zeros + zeros : zeros;
  }
}

function checkedPath(file: string, { name, type }: TarHeader, links: boolean): string {
  const link = type === "symlink" || type === "link";
  if (link && !links) throw refused(file, `"${name}" is a link`);
  if (!link && type !== "file" && type !== "contiguous-file" && type !== "directory") {
    throw refused(file, `"${name}" is neither a file nor a folder (${type ?? "unknown type"})`);
  }
  return normalPath(file, name);
}

function linkOf(file: string, path: string, { type, link }: TarHeader): { link?: Link } {
  if (type === "link") return { link: { to: normalPath(file, link) } };
  return type === "symlink" ? { link: symbolicLink(file, path, link) } : {};
}
