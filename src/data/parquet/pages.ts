// The values of a Parquet column, a page at a time: plain or from a dictionary.
// https://parquet.apache.org/docs/file-format/data-pages/

import * as zlib from "node:zlib";
import { LIMITS, mostUnpacked } from "../../limits.ts";
import { count, type ParquetChunk, type ParquetColumn, type ParquetFile, readBytes } from "./file.ts";
import { unpackSnappy } from "./snappy.ts";
import { readThrift, type ThriftStruct } from "./thrift.ts";

/** `undefined` where it is null. Bytes are views of the page. */
export type ParquetValue = Uint8Array | number | undefined;

/** Node has Zstandard from 22.15 on. */
const { zstdDecompressSync: zstd } = zlib as {
  zstdDecompressSync?: (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;
};

const DATA = 0;
const DICTIONARY = 2;
const DATA_V2 = 3;
const RLE = 3;
const ENCODINGS = [
  "PLAIN", "GROUP_VAR_INT", "PLAIN_DICTIONARY", "RLE", "BIT_PACKED", "DELTA_BINARY_PACKED", "DELTA_LENGTH_BYTE_ARRAY",
  "DELTA_BYTE_ARRAY", "RLE_DICTIONARY", "BYTE_STREAM_SPLIT",
]; // biome-ignore format: a table

/**
 * The values of a column in one row group.
 * @param rows how many
 * @param unpacked called with the unpacked size of each page before it is unpacked
 * @throws Error where pages are damaged or larger than they say, hold another number of values, or are packed in
 *   another way
 */
export async function* readPages(
  file: ParquetFile,
  column: ParquetColumn,
  chunk: ParquetChunk,
  rows: number,
  unpacked: (bytes: number) => void,
): AsyncGenerator<readonly ParquetValue[]> {
  let dictionary: readonly ParquetValue[] = [];
  let at = chunk.start;
  for (let left = rows; left > 0; ) {
    if (at >= chunk.end) throw new Error(`column "${column.name}" lacks ${left} of ${rows} values`);
    const head = await readBytes(file.handle, at, Math.min(LIMITS.parquetPageHeaderBytes, chunk.end - at));
    const { struct: header, end } = readThrift(head);
    const [size, packed] = [count(header, 2), count(header, 3)];
    at += end;
    if (packed > chunk.end - at) throw new Error(`a page of ${packed} bytes passes the end of column "${column.name}"`);
    if (size > LIMITS.parquetPageBytes)
      throw new Error(`a page unpacks to ${size} bytes, more than ${LIMITS.parquetPageBytes}`);
    if (size > mostUnpacked(packed, LIMITS.parquetPageBytes))
      throw new Error(`a page of ${packed} bytes would unpack to ${size}`);
    unpacked(size);
    const bytes = await readBytes(file.handle, at, packed);
    at += packed;
    const kind = header.get(1);
    if (kind === DICTIONARY) {
      const page = unpack(chunk.codec, bytes, size);
      dictionary = plain(column.type, page, count(structAt(header, 7), 1));
    } else if (kind === DATA || kind === DATA_V2) {
      const n = count(structAt(header, kind === DATA ? 5 : 8), 1);
      if (n > left) throw new Error(`column "${column.name}" has more than ${rows} values`);
      left -= n;
      const page = kind === DATA ? pageV1(header, bytes, size, chunk) : pageV2(header, bytes, size, chunk);
      yield values(column, page(n, column.level), dictionary);
    }
  }
}

/** A page taken apart. */
interface Page {
  /** Which of the values are not null. */
  readonly there: Uint8Array;
  readonly encoding: number;
  readonly bytes: Uint8Array;
}
type PageReader = (n: number, level: number) => Page;

function pageV1(header: ThriftStruct, packed: Buffer, size: number, { codec }: ParquetChunk): PageReader {
  return (n, level) => {
    const bytes = unpack(codec, packed, size);
    const data = structAt(header, 5);
    const encoding = count(data, 2);
    if (level === 0) return { there: new Uint8Array(n).fill(1), encoding, bytes };
    if (data.get(3) !== RLE) throw new Error(`its levels are encoded as ${encodingName(data.get(3))}`);
    if (bytes.length < 4) throw new Error("a page is cut off");
    const end = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    if (end > bytes.length) throw new Error("the levels of a page pass its end");
    return { there: present(bytes.subarray(4, end), n, level), encoding, bytes: bytes.subarray(end) };
  };
}

function pageV2(header: ThriftStruct, packed: Buffer, size: number, { codec }: ParquetChunk): PageReader {
  return (n, level) => {
    const data = structAt(header, 8);
    const [levels, repetition] = [count(data, 5), count(data, 6)];
    const start = levels + repetition;
    if (start > packed.length || start > size) throw new Error("the levels of a page pass its end");
    const rest = packed.subarray(start);
    const bytes = data.get(7) === false ? rest : unpack(codec, rest, size - start);
    const there = level === 0 ? new Uint8Array(n).fill(1) : present(packed.subarray(repetition, start), n, level);
    return { there, encoding: count(data, 4), bytes };
  };
}

function values(column: ParquetColumn, page: Page, dictionary: readonly ParquetValue[]): ParquetValue[] {
  const { there, encoding, bytes } = page;
  const n = there.reduce((sum, one) => sum + one, 0);
  let found: readonly ParquetValue[];
  const name = encodingName(encoding);
  if (n === 0) found = [];
  else if (name === "PLAIN") found = plain(column.type, bytes, n);
  else if (name === "PLAIN_DICTIONARY" || name === "RLE_DICTIONARY") {
    if (bytes.length === 0 || bytes[0] > 32) throw new Error(`its indices have ${bytes[0]} bits`);
    found = Array.from(hybrid(bytes.subarray(1), bytes[0], n), (index) => {
      if (index < dictionary.length) return dictionary[index];
      throw new Error(`it points to entry ${index} of a dictionary of ${dictionary.length}`);
    });
  } else if (name === "RLE" && column.type === "BOOLEAN") found = [...hybrid(bytes.subarray(4), 1, n)];
  else throw new Error(`column "${column.name}" is encoded as ${name}, which is not read`);
  let i = 0;
  return Array.from(there, (one) => (one ? found[i++] : undefined));
}

/** 1 for each value whose definition level is the full one. */
function present(bytes: Uint8Array, n: number, level: number): Uint8Array {
  return Uint8Array.from(hybrid(bytes, 32 - Math.clz32(level), n), (at) => (at === level ? 1 : 0));
}

/** Parquet's hybrid of runs and packed groups of 8: `n` numbers of `width` bits. A run is never longer than `n`. */
function hybrid(bytes: Uint8Array, width: number, n: number): Uint32Array {
  const out = new Uint32Array(n);
  if (width === 0) return out;
  let at = 0;
  const byte = () => {
    if (at >= bytes.length) throw new Error("a page is cut off");
    return bytes[at++];
  };
  for (let seen = 0; seen < n; ) {
    let head = 0;
    for (let scale = 1; ; scale *= 128) {
      const next = byte();
      head += (next & 127) * scale;
      if (next < 128) break;
      if (scale >= 2 ** 28) throw new Error("the length of a run has more than 5 bytes");
    }
    const end = Math.min(n, seen + Math.floor(head / 2) * (head % 2 === 0 ? 1 : 8));
    if (head % 2 === 0) {
      let value = 0;
      for (let i = 0; i < Math.ceil(width / 8); i++) value += byte() * 256 ** i;
      out.fill(value, seen, end);
    } else {
      const start = at;
      for (let i = 0, bit = 0; seen + i < end; i++, bit += width) {
        let value = 0;
        for (let done = 0; done < width; ) {
          const place = start + ((bit + done) >>> 3);
          if (place >= bytes.length) throw new Error("a page is cut off");
          const [shift, take] = [(bit + done) & 7, Math.min(8 - ((bit + done) & 7), width - done)];
          value += ((bytes[place] >> shift) & (2 ** take - 1)) * 2 ** done;
          done += take;
        }
        out[seen + i] = value;
      }
      at = start + Math.floor(head / 2) * width;
    }
    seen = end;
  }
  return out;
}

/** Values one after the other. */
function plain(type: string, bytes: Uint8Array, n: number): ParquetValue[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const least = { INT64: 8, DOUBLE: 8, BOOLEAN: 1 / 8 }[type] ?? 4;
  if (n * least > bytes.length) throw new Error(`a page of ${bytes.length} bytes cannot hold ${n} values`);
  if (type === "INT32") return Array.from({ length: n }, (_, i) => view.getInt32(i * 4, true));
  if (type === "INT64") return Array.from({ length: n }, (_, i) => Number(view.getBigInt64(i * 8, true)));
  if (type === "DOUBLE") return Array.from({ length: n }, (_, i) => view.getFloat64(i * 8, true));
  if (type === "FLOAT") return Array.from({ length: n }, (_, i) => view.getFloat32(i * 4, true));
  if (type === "BOOLEAN") return Array.from({ length: n }, (_, i) => (bytes[i >> 3] >> (i & 7)) & 1);
  if (type !== "BYTE_ARRAY") throw new Error(`it has values of type ${type}`);
  let at = 0;
  return Array.from({ length: n }, () => {
    if (at + 4 > bytes.length) throw new Error("a page is cut off");
    const length = view.getUint32(at, true);
    at += 4 + length;
    if (at > bytes.length) throw new Error(`a value of ${length} bytes passes the end of its page`);
    return bytes.subarray(at - length, at);
  });
}

function unpack(codec: string, packed: Buffer, size: number): Uint8Array {
  const limit = { maxOutputLength: Math.max(1, size) };
  let bytes: Uint8Array;
  if (codec === "UNCOMPRESSED") bytes = packed;
  else if (codec === "SNAPPY") bytes = unpackSnappy(packed, size);
  else if (codec === "GZIP") bytes = zlib.gunzipSync(packed, limit);
  else if (codec === "BROTLI") bytes = zlib.brotliDecompressSync(packed, limit);
  else if (codec === "ZSTD" && zstd !== undefined) bytes = zstd(packed, limit);
  else
    throw new Error(`it is compressed by ${codec}; read are SNAPPY, GZIP, BROTLI, none, and from Node 22.15 on ZSTD`);
  if (bytes.length !== size) throw new Error(`a page unpacks to ${bytes.length} bytes, not to ${size}`);
  return bytes;
}

function structAt(of: ThriftStruct, field: number): ThriftStruct {
  const value = of.get(field);
  if (value instanceof Map) return value;
  throw new Error("the header of a page is damaged");
}

function encodingName(value: unknown): string {
  return ENCODINGS[value as number] ?? `number ${String(value)}`;
}
