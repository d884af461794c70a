// Zip in memory, read at once and in order, for .npz and .pt files (src/data/archives/zip.ts reads zips of images from
// the disk, one by one). Strict: the central directory counts only as far as the unpacked bytes and their CRC-32 agree.
// Format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.7, 4.3.12, 4.3.16

import { crc32, inflateHead, inflateRaw } from "#inflate";
import { copyBytes } from "../bytes.ts";
import { DatadamError } from "../errors.ts";
import { mostUnpacked, tooManyBytes } from "../limits.ts";

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;

/** What is read of a zip. */
export interface ZipOptions {
  /** The most that all files may unpack to; less for a small zip, by {@link mostUnpacked}. */
  readonly maxBytes: number;
  /** Which files to read. Default: all. */
  readonly want?: (name: string) => boolean;
  /** Looks at the size and the first bytes of a file before it is unpacked. */
  readonly check?: (name: string, size: number, head: Uint8Array) => void;
}

const HEAD = 4096;

/**
 * The files of a zip, unpacked one by one, stored or deflated. No encryption, one disk; zip64 only as far as the end of
 * its directory goes, which PyTorch writes always. All sizes are added up before the first is unpacked.
 * @throws DatadamError INVALID_DATA
 */
export function* readZip(bytes: Uint8Array, options: ZipOptions): Generator<{ name: string; data: Uint8Array }> {
  const entries = directory(bytes, options);
  for (const { name, method, size, crc, packed } of entries) {
    options.check?.(name, size, headOf(name, method, packed));
    const data = unpack(name, method, size, packed);
    if (crc32(data) !== crc) throw invalid(`the checksum of "${name}" is wrong`);
    yield { name, data };
  }
}

interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly size: number;
  readonly crc: number;
  readonly packed: Uint8Array;
}

/** What is wanted of the directory, all of which is checked. */
function directory(bytes: Uint8Array, { maxBytes, want = () => true }: ZipOptions): ZipEntry[] {
  const most = mostUnpacked(bytes.length, maxBytes);
  const entries: ZipEntry[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  let total = 0;
  const names = new Set<string>();
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== CENTRAL) throw invalid(`entry ${i} of its directory is damaged`);
    const flags = view.getUint16(at + 8, true);
    const method = view.getUint16(at + 10, true);
    const [crc, packed, size] = [16, 20, 24].map((o) => view.getUint32(at + o, true));
    const nameEnd = at + 46 + view.getUint16(at + 28, true);
    if (nameEnd > end) throw invalid(`entry ${i} of its directory is damaged`);
    const name = new TextDecoder().decode(copyBytes(bytes, at + 46, nameEnd));
    if (flags & 1) throw invalid(`"${name}" is encrypted`);
    if (names.has(name)) throw invalid(`it holds "${name}" twice`);
    names.add(name);
    if (want(name)) {
      total += size;
      if (total > most) throw invalid(tooManyBytes(bytes.length, maxBytes));
      entries.push({ name, method, size, crc, packed: local(view, name, view.getUint32(at + 42, true), packed) });
    }
    at = nameEnd + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  if (at !== end && !isZip64End(view, at, end)) throw invalid("its directory does not end where it should");
  return entries;
}

/** The record and the locator that stand before the end in a zip64 file, whose numbers are given there again. */
function isZip64End(view: DataView, at: number, end: number): boolean {
  const locator = at + 56;
  if (locator + 20 !== end || view.getUint32(at, true) !== END64 || view.getUint32(locator, true) !== LOCATOR64)
    return false;
  return view.getBigUint64(at + 4, true) === 44n && view.getBigUint64(locator + 8, true) === BigInt(at);
}

function findEnd(view: DataView): number {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 22 - 0xffff); at--) {
    if (view.getUint32(at, true) === END && at + 22 + view.getUint16(at + 20, true) === view.byteLength) return at;
  }
  throw invalid("it has no end of directory");
}

/** The packed bytes after a local header. */
function local(view: DataView, name: string, at: number, packed: number): Uint8Array {
  if (at + 30 > view.byteLength || view.getUint32(at, true) !== LOCAL)
    throw invalid(`the header of "${name}" is damaged`);
  const start = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  if (start + packed > view.byteLength) throw invalid(`"${name}" ends past the end of the file`);
  return new Uint8Array(view.buffer, view.byteOffset + start, packed);
}

function headOf(name: string, method: number, packed: Uint8Array): Uint8Array {
  if (method !== 8) return packed.subarray(0, HEAD);
  try {
    return inflateHead(packed);
  } catch (cause) {
    throw invalid(`"${name}" does not unpack`, cause);
  }
}

function unpack(name: string, method: number, size: number, packed: Uint8Array): Uint8Array {
  let data = packed;
  if (method === 8) {
    try {
      data = inflateRaw(packed, size);
    } catch (cause) {
      throw invalid(`"${name}" does not unpack to its ${size} bytes`, cause);
    }
  } else if (method !== 0) throw invalid(`"${name}" is packed by method ${method}`);
  if (data.length !== size) throw invalid(`"${name}" unpacks to ${data.length} bytes, not ${size}`);
  return data;
}

function invalid(what: string, cause?: unknown): DatadamError {
  return new DatadamError("INVALID_DATA", `Not a zip file that can be read: ${what}.`, { cause });
}
