// One header of a tar archive: ustar, GNU's long names, pax records.
// https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html

/** Bytes of a header; contents are filled up to a multiple of it. */
export const BLOCK = 512;

/** What stands behind a header, by its type flag. */
const TYPES: Readonly<Record<string, string>> = {
  "\0": "file",
  "0": "file",
  "1": "link",
  "2": "symlink",
  "3": "character-device",
  "4": "block-device",
  "5": "directory",
  "6": "fifo",
  "7": "contiguous-file",
  x: "records",
  g: "global records",
  L: "long path",
  N: "long path",
  K: "long link",
};

export interface TarHeader {
  readonly name: string;
  /** NaN where it is no number. */
  readonly size: number;
  /** Undefined for flags that no format names. */
  readonly type: string | undefined;
  /** What a link leads to; empty where there is none. */
  readonly link: string;
}

/** The header of a block; undefined for zeros, which end an archive. @throws Error where the block is none */
export function decodeHeader(block: Uint8Array): TarHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  if (octal(block, 148, 8) !== checksum(block)) throw new Error("a header is damaged, or is none");
  const magic = latin1(block, 257, 8);
  const posix = magic.startsWith("ustar\0");
  if (!posix && magic !== "ustar  \0") throw new Error("a header is of an unknown format");
  const prefix = posix ? text(block, 345, 155) : "";
  const name = `${prefix === "" ? "" : `${prefix}/`}${text(block, 0, 100)}`;
  const type = TYPES[String.fromCharCode(block[156])];
  return { name, size: number(block, 124, 12), type, link: text(block, 157, 100) };
}

/** Pax records: each is its own length, a space, `key=value` and a line feed. What does not fit ends them. */
export function decodeRecords(bytes: Uint8Array): Readonly<Record<string, string>> {
  const records: Record<string, string> = {};
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = space < 0 ? 0 : Number.parseInt(latin1(bytes, at, space - at), 10);
    if (!(length > space - at)) break;
    const [key, ...value] = decode(bytes.subarray(space + 1, at + length - 1)).split("=");
    if (value.length === 0) break;
    records[key] = value.join("=");
    at += length;
  }
  return records;
}

/** Text up to the first zero, in UTF-8. */
export function text(bytes: Uint8Array, start: number, length: number): string {
  const field = bytes.subarray(start, start + length);
  const end = field.indexOf(0);
  return decode(end < 0 ? field : field.subarray(0, end));
}

/** An octal number that zeros or spaces end; 0 where the field is empty. */
export function octal(bytes: Uint8Array, start: number, length: number): number {
  return Number.parseInt(text(bytes, start, length).trim() || "0", 8);
}

/** The sum of a header's bytes, with spaces for the sum itself. */
export function checksum(header: Uint8Array): number {
  return header.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 0x20 : byte), 0);
}

/** An octal number, or where the first byte is 0x80 a binary one: of files of 8 GiB and more. */
function number(bytes: Uint8Array, start: number, length: number): number {
  const field = bytes.subarray(start, start + length);
  if (field[0] < 0x80) return octal(bytes, start, length);
  return field[0] === 0x80 ? field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0) : Number.NaN;
}

function latin1(bytes: Uint8Array, start: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(start, start + Math.min(length, 32)));
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.slice());
}
