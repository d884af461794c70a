// One draw's statistics as a file: a safetensors tensor of one row a class, which can be read row by row, each with its
// checksum.

import { DatadamError } from "../../errors.ts";
import { decodeSafetensorsHeader, encodeSafetensors, fromHalf, toHalf } from "../../formats/index.ts";
import { canonicalJson } from "../../run/portable.ts";
import type { Storage } from "../../storage/index.ts";
import { sha256 } from "../folder/hash.ts";

const FORMAT = "datadam-statistics/1";
const TENSOR = "statistics";
/** Hexadecimal characters of a row's checksum. */
const DIGEST = 16;
/** Bytes of a header that are read at first: nearly always all of it. */
const FIRST = 2 ** 14;
/** The most bytes that a header may claim. */
const MOST = 2 ** 26;

export const PRECISIONS = ["float32", "float16"] as const;
export type Precision = (typeof PRECISIONS)[number];

/** Quantities by name with the numbers that a class has of each, in the order of a row. */
export type Layout = readonly (readonly [name: string, length: number])[];

/** What a file says of itself. */
export interface StatisticsHeader {
  /** Of what the statistics are: see `statisticsId`. */
  readonly id: string;
  /** The place of the draw. */
  readonly number: number;
  readonly draw: number;
  /** The class of each row, ascending. */
  readonly classes: readonly number[];
  readonly layout: Layout;
  readonly precision: Precision;
}

/** A file that was opened. */
export interface StatisticsFile extends StatisticsHeader {
  readonly digests: readonly string[];
  /** Where the rows begin, and the bytes of one. */
  readonly start: number;
  readonly stride: number;
}

/** Numbers of a row. */
export function rowLength(layout: Layout): number {
  return layout.reduce((total, [, length]) => total + length, 0);
}

/** @param rows `[classes, rowLength]` */
export async function encodeStatistics(header: StatisticsHeader, rows: Float32Array): Promise<Uint8Array> {
  const { classes, layout, precision } = header;
  const length = rowLength(layout);
  const data = precision === "float32" ? rows : toHalf(rows);
  const digests = await Promise.all(classes.map((_, i) => digestOf(data.subarray(i * length, (i + 1) * length))));
  const facts = canonicalJson({ ...header, digests });
  const tensor =
    data instanceof Float32Array
      ? ({ dtype: "F32", shape: [classes.length, length], data } as const)
      : ({ dtype: "F16", shape: [classes.length, length], data } as const);
  return encodeSafetensors({ [TENSOR]: tensor }, { format: FORMAT, facts, checksum: await sha256(facts) });
}

/**
 * Opens a file of statistics: its header is read and checked.
 *
 * @returns undefined where there is no such file.
 * @throws DatadamError INVALID_DATA where it is damaged
 */
export async function openStatistics(storage: Storage, path: string): Promise<StatisticsFile | undefined> {
  const size = await storage.size(path);
  if (size === undefined) return undefined;
  const fail = (why: string): never => {
    throw new DatadamError("INVALID_DATA", `${storage.name}/${path} is damaged: ${why}`, {
      hint: "Remove it and make the bank again by the same command: only what is missing is computed.",
    });
  };
  let bytes = await storage.readAt(path, 0, Math.min(size, FIRST));
  if (bytes.length < 8) return fail("it is cut off");
  const announced = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (announced > Math.min(size - 8, MOST)) return fail("its header is longer than the file");
  const start = 8 + announced;
  if (start > bytes.length) bytes = await storage.readAt(path, 0, start);
  try {
    const { metadata, places } = decodeSafetensorsHeader(bytes.subarray(0, start), size);
    const { format, facts = "", checksum } = metadata;
    if (format !== FORMAT) return fail(`its format is ${JSON.stringify(format ?? null)}, not ${FORMAT}`);
    if ((await sha256(facts)) !== checksum) return fail("the checksum of its header does not match");
    const { digests, ...header } = JSON.parse(facts) as StatisticsHeader & { digests: readonly string[] };
    const { classes, layout, precision } = header;
    const stride = rowLength(layout) * (precision === "float32" ? 4 : 2);
    const entry = places[TENSOR];
    const shape = [classes.length, rowLength(layout)];
    if (entry === undefined || entry.shape.join() !== shape.join() || size !== start + classes.length * stride) {
      return fail("its size is not that of its rows");
    }
    return { ...header, digests, start, stride };
  } catch (error) {
    if (error instanceof DatadamError && error.message.startsWith(storage.name)) throw error;
    return fail(error instanceof Error ? error.message : String(error));
  }
}

/**
 * Rows of some classes of an open file, as float32 `[classes, rowLength]`.
 *
 * @throws DatadamError INVALID_DATA where a class is not there, or its row is damaged
 */
export async function readRows(
  storage: Storage,
  path: string,
  file: StatisticsFile,
  labels: readonly number[],
): Promise<Float32Array> {
  const length = rowLength(file.layout);
  const rows = new Float32Array(labels.length * length);
  const places = labels.map((label) => file.classes.indexOf(label));
  const missing = labels[places.indexOf(-1)];
  if (missing !== undefined) {
    throw new DatadamError("INVALID_DATA", `${storage.name}/${path} has no statistics of class ${missing}`);
  }
  for (let i = 0; i < labels.length; ) {
    // Rows that follow each other are read in one go.
    let count = 1;
    while (i + count < labels.length && places[i + count] === places[i]! + count) count++;
    const bytes = await storage.readAt(path, file.start + places[i]! * file.stride, count * file.stride);
    const data = numbersOf(bytes, file.precision);
    for (let k = 0; k < count; k++) {
      const row = data.subarray(k * length, (k + 1) * length);
      if ((await digestOf(row)) !== file.digests[places[i + k]!]) {
        throw new DatadamError(
          "INVALID_DATA",
          `${storage.name}/${path} is damaged: the checksum of class ${labels[i + k]} does not match`,
          { hint: "Remove it and make the bank again by the same command: only what is missing is computed." },
        );
      }
    }
    rows.set(data instanceof Float32Array ? data : fromHalf(data), i * length);
    i += count;
  }
  return rows;
}

/** Rows as the quantities that a method matches: `[classes, length]` each. */
export function targetsOf(rows: Float32Array, layout: Layout, names: readonly string[]): Record<string, Float32Array> {
  const stride = rowLength(layout);
  const count = rows.length / stride;
  const targets: Record<string, Float32Array> = {};
  let offset = 0;
  for (const [name, length] of layout) {
    if (names.includes(name)) {
      const target = new Float32Array(count * length);
      for (let i = 0; i < count; i++) {
        target.set(rows.subarray(i * stride + offset, i * stride + offset + length), i * length);
      }
      targets[name] = target;
    }
    offset += length;
  }
  // In the order in which the method names them.
  return Object.fromEntries(names.map((name) => [name, targets[name]!]));
}

function numbersOf(bytes: Uint8Array, precision: Precision): Float32Array | Uint16Array {
  const { buffer } = Uint8Array.from(bytes);
  return precision === "float32" ? new Float32Array(buffer) : new Uint16Array(buffer);
}

async function digestOf(row: ArrayBufferView): Promise<string> {
  return (await sha256(row)).slice(0, DIGEST);
}
