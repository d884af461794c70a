// Unpacking by fflate, in a browser or anywhere. What `#inflate` means where there is no Node (see "imports" in
// package.json).

import { Inflate } from "fflate";
import { concatBytes } from "../../bytes.ts";
import { TooLarge } from "./tooLarge.ts";

/** Bytes given to fflate at once: they become at most 1032 times as many before the limit is looked at. */
const PIECE = 2 ** 14;
const TABLE = Uint32Array.from({ length: 256 }, (_, i) => {
  let value = i;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** Unpacks raw deflate. @throws TooLarge above `maxBytes`, Error where it is damaged */
export function inflateRaw(bytes: Uint8Array, maxBytes: number): Uint8Array {
  if (bytes.length === 0) throw new Error("unexpected end of file");
  const chunks: Uint8Array[] = [];
  let total = 0;
  const stream = new Inflate((chunk) => {
    total += chunk.length;
    if (total > maxBytes) throw new TooLarge(`it unpacks to more than ${maxBytes} bytes`);
    chunks.push(chunk);
  });
  for (let at = 0; at < bytes.length; at += PIECE) {
    stream.push(bytes.subarray(at, at + PIECE), at + PIECE >= bytes.length);
  }
  return concatBytes(chunks);
}

/** The beginning of what raw deflate unpacks to, a megabyte at most. @throws Error where it is damaged */
export function inflateHead(bytes: Uint8Array): Uint8Array {
  const chunks: Uint8Array[] = [];
  new Inflate((chunk) => chunks.push(chunk)).push(bytes.subarray(0, 1024));
  return concatBytes(chunks);
}

/** Unpacks zlib's format. @throws TooLarge above `maxBytes`, Error where it is damaged */
export function inflateZlib(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const fits =
    bytes.length >= 6 && (bytes[0] & 15) === 8 && bytes[0] >> 4 <= 7 && (bytes[0] * 256 + bytes[1]) % 31 === 0;
  if (!fits || bytes[1] & 32) throw new Error("incorrect header check");
  const out = inflateRaw(bytes.subarray(2, -4), maxBytes);
  if (viewOf(bytes).getUint32(bytes.length - 4) !== adler32(out)) throw new Error("incorrect data check");
  return out;
}

/** Unpacks gzip of one member. @throws TooLarge above `maxBytes`, Error where it is damaged or has several members */
export function gunzip(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const start = gzipHeader(bytes);
  if (start + 8 > bytes.length) throw new Error("unexpected end of file");
  const out = inflateRaw(bytes.subarray(start, -8), maxBytes);
  const view = viewOf(bytes);
  if (view.getUint32(bytes.length - 8, true) !== crc32(out)) throw new Error("incorrect data check");
  if (view.getUint32(bytes.length - 4, true) !== out.length % 2 ** 32) throw new Error("incorrect length check");
  return out;
}

/** The CRC-32 of PNG, zip and gzip. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = TABLE[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Where the deflated bytes of gzip begin (RFC 1952). */
function gzipHeader(bytes: Uint8Array): number {
  const flags = bytes[3];
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 8 || flags >= 32)
    throw new Error("incorrect header check");
  let at = 10;
  if (flags & 4) at += 2 + bytes[at] + bytes[at + 1] * 256;
  for (const field of [8, 16]) {
    if (flags & field) at = bytes.indexOf(0, at) + 1 || bytes.length;
  }
  return flags & 2 ? at + 2 : at;
}

function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + 3800); // as many as keep b below 2^32
    for (; at < end; at++) {
      a += bytes[at];
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return b * 65536 + a;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
