// The footer of a Parquet file: which columns lie where. https://parquet.apache.org/docs/file-format/

import type { FileHandle } from "node:fs/promises";
import { DatadamError } from "../../errors.ts";
import { LIMITS } from "../../limits.ts";
import { openRegular } from "../../storage/node/index.ts";
import { isLfsPointer, lfsPointer } from "../archives/archiveFile.ts";
import { readThrift, type ThriftStruct, type ThriftValue } from "./thrift.ts";

const TYPES = ["BOOLEAN", "INT32", "INT64", "INT96", "FLOAT", "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"];
const CODECS = ["UNCOMPRESSED", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4", "ZSTD", "LZ4_RAW"];
const OPTIONAL = 1;
const REPEATED = 2;

/** A column without lists. */
export interface ParquetColumn {
  /** With its parents, joined by dots. */
  readonly name: string;
  readonly type: string;
  /** How many of the column and its parents may be null: the definition level of a value that is there. */
  readonly level: number;
}

/** The pages of a column in one row group. */
export interface ParquetChunk {
  readonly codec: string;
  /** Bytes `start` to `end` of the file hold the pages. */
  readonly start: number;
  readonly end: number;
}

export interface ParquetGroup {
  readonly rows: number;
  readonly chunks: ReadonlyMap<string, ParquetChunk>;
}

/** An open file. */
export interface ParquetFile {
  readonly path: string;
  readonly handle: FileHandle;
  readonly columns: readonly ParquetColumn[];
  readonly groups: readonly ParquetGroup[];
  /** Key-value metadata. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** @throws DatadamError IO, INVALID_DATA where the file is cut off or none of Parquet, or its footer is damaged */
export async function openParquet(path: string): Promise<ParquetFile> {
  const handle = await openRegular(path).catch((cause) => {
    throw new DatadamError("IO", `"${path}" cannot be read: ${cause.message}`, { cause });
  });
  try {
    const { size } = await handle.stat();
    if (isLfsPointer((await readBytes(handle, 0, Math.min(size, 64))).toString("latin1"))) throw lfsPointer(path);
    const { bytes, start } = await footer(handle);
    return { path, handle, ...parse(readThrift(bytes).struct, start) };
  } catch (error) {
    await handle.close();
    throw damaged(path, error);
  }
}

/** What every refusal of a Parquet file says. An error that is one already stays. */
export function damaged(path: string, error: unknown): DatadamError {
  if (error instanceof DatadamError) return error;
  return new DatadamError("INVALID_DATA", `"${path}" cannot be read as Parquet: ${(error as Error).message}.`, {
    cause: error,
    hint: "Get the file again, or write it anew with pyarrow's defaults: snappy, plain or dictionary encoding.",
  });
}

async function footer(handle: FileHandle): Promise<{ bytes: Uint8Array; start: number }> {
  const { size } = await handle.stat();
  if (size < 12) throw new Error(`it has ${size} bytes`);
  const head = await readBytes(handle, 0, 4);
  const tail = await readBytes(handle, size - 8, 8);
  const magic = tail.toString("latin1", 4);
  if (head.toString("latin1") !== "PAR1") throw new Error("it does not begin with PAR1");
  if (magic === "PARE") throw new Error("its footer is encrypted");
  if (magic !== "PAR1") throw new Error("it does not end with PAR1: it was cut off");
  const length = tail.readUInt32LE(0);
  if (length > size - 12) throw new Error(`its footer would have ${length} of ${size} bytes`);
  if (length > LIMITS.parquetFooterBytes)
    throw new Error(`its footer has ${length} bytes, more than ${LIMITS.parquetFooterBytes}`);
  return { bytes: await readBytes(handle, size - 8 - length, length), start: size - 8 - length };
}

/** @throws Error where the file ends before */
export async function readBytes(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await handle.read(bytes, 0, length, position);
  if (bytesRead !== length) throw new Error(`it ends at byte ${position + bytesRead}`);
  return bytes;
}

function parse(meta: ThriftStruct, end: number): Pick<ParquetFile, "columns" | "groups" | "metadata"> {
  const columns = leaves(structs(meta, 2));
  const groups = structs(meta, 4).map((group) => parseGroup(group, end));
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  if (rows !== count(meta, 3)) throw new Error(`it should have ${count(meta, 3)} rows, but its groups have ${rows}`);
  if (rows > LIMITS.parquetRows) throw new Error(`it has ${rows} rows, more than ${LIMITS.parquetRows}`);
  const metadata = structs(meta, 5, []).map((pair) => [text(pair.get(1)), text(pair.get(2))] as const);
  return { columns, groups, metadata: new Map(metadata) };
}

/** The columns of a schema, which lists parents before their children. Those within lists are left out. */
function leaves(schema: readonly ThriftStruct[]): ParquetColumn[] {
  const columns: ParquetColumn[] = [];
  let at = 1;
  const walk = (parent: string, level: number, within: boolean): void => {
    if (at >= schema.length) throw new Error("its schema is cut off");
    const element = schema[at++];
    const name = `${parent}${text(element.get(4))}`;
    const definitionLevel = level + (element.get(3) === OPTIONAL ? 1 : 0);
    const list = within || element.get(3) === REPEATED;
    const children = element.has(5) ? count(element, 5) : 0;
    if (children === 0 && !list) columns.push({ name, type: nameOf(TYPES, element.get(1)), level: definitionLevel });
    for (let i = 0; i < children; i++) walk(`${name}.`, definitionLevel, list);
  };
  while (at < schema.length) walk("", 0, false);
  return columns;
}

function parseGroup(group: ThriftStruct, end: number): ParquetGroup {
  const rows = count(group, 3);
  const chunks = new Map<string, ParquetChunk>();
  for (const column of structs(group, 1)) {
    const meta = column.get(3);
    if (!(meta instanceof Map)) throw new Error("a column is encrypted or in another file");
    const path = meta.get(3);
    const name = Array.isArray(path) ? path.map(text).join(".") : "";
    const data = count(meta, 9);
    const start = meta.get(11) ? Math.min(data, count(meta, 11)) : data;
    const to = start + count(meta, 7);
    if (start < 4 || to > end) throw new Error(`its column "${name}" would be bytes ${start} to ${to} of ${end}`);
    chunks.set(name, { codec: nameOf(CODECS, meta.get(4)), start, end: to });
  }
  return { rows, chunks };
}

function structs(of: ThriftStruct, field: number, absent?: readonly ThriftStruct[]): readonly ThriftStruct[] {
  const list = of.get(field) ?? absent;
  if (Array.isArray(list) && list.every((item) => item instanceof Map)) return list;
  throw new Error(`field ${field} of its footer is damaged`);
}

/** A whole number that is not negative. */
export function count(of: ThriftStruct, field: number): number {
  const value = of.get(field);
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw new Error(`field ${field} of a header is ${value instanceof Map ? "a struct" : value}, not a count`);
}

function nameOf(names: readonly string[], value: ThriftValue | undefined): string {
  return names[value as number] ?? `number ${String(value)}`;
}

function text(value: ThriftValue | undefined): string {
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : "";
}
