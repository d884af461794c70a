// Event files of TensorBoard: records of one message each, with checksums.
// https://www.tensorflow.org/tutorials/load_data/tfrecord, tensorboard/compat/proto/event.proto

import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { concatBytes } from "../bytes.ts";

/** What was at a step. */
export interface LoggedEvent {
  readonly step: number;
  /** Seconds since 1970. */
  readonly time: number;
  /** By tag, such as `loss`; in float32. */
  readonly scalars?: Readonly<Record<string, number>>;
  /** PNG files by tag. */
  readonly images?: Readonly<Record<string, Uint8Array>>;
}

/** A whole record of a file. */
export interface EventRecord {
  /** With its length and checksums. */
  readonly bytes: Uint8Array;
  readonly step: number;
  /** Tags of its values; none of the beginning of a file. */
  readonly tags: readonly string[];
}

const VERSION = "brain.Event:2";
/** Bytes before and after the message of a record. */
const [BEFORE, AFTER] = [12, 4];

/**
 * The beginning of a file.
 *
 * @param options.from the first step that follows, where an earlier file ends before it: what readers show of later
 *   steps is then gone.
 */
export function beginEventFile({ time, from }: { readonly time: number; readonly from?: number }): Uint8Array {
  const version = record(new BinaryWriter().tag(1, WireType.Bit64).double(time).tag(3, 2).string(VERSION));
  if (from === undefined) return version;
  const start = new BinaryWriter().tag(1, WireType.Varint).int32(1);
  const session = record(stepped(from, time).tag(7, 2).bytes(start.finish()));
  return concatBytes([version, session]);
}

/** An event as a record to be added to a file. @throws RangeError where an image is no PNG */
export function encodeEvent({ step, time, scalars = {}, images = {} }: LoggedEvent): Uint8Array {
  const summary = new BinaryWriter();
  const value = (tag: string): BinaryWriter => new BinaryWriter().tag(1, WireType.LengthDelimited).string(tag);
  for (const [tag, number] of Object.entries(scalars)) {
    summary.tag(1, WireType.LengthDelimited).bytes(value(tag).tag(2, WireType.Bit32).float(number).finish());
  }
  for (const [tag, png] of Object.entries(images)) {
    const [width, height] = sizeOf(png);
    const image = new BinaryWriter().tag(1, 0).int32(height).tag(2, 0).int32(width).tag(3, 0).int32(3);
    image.tag(4, WireType.LengthDelimited).bytes(png);
    summary.tag(1, WireType.LengthDelimited).bytes(value(tag).tag(4, 2).bytes(image.finish()).finish());
  }
  return record(stepped(step, time).tag(5, WireType.LengthDelimited).bytes(summary.finish()));
}

/** The records of a file, up to the first that is cut off or damaged. */
export function eventRecords(bytes: Uint8Array): EventRecord[] {
  const records: EventRecord[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + BEFORE + AFTER <= bytes.length; ) {
    const length = Number(view.getBigUint64(at, true));
    const end = at + BEFORE + length + AFTER;
    if (view.getUint32(at + 8, true) !== maskedChecksum(bytes.subarray(at, at + 8)) || end > bytes.length) break;
    const message = bytes.subarray(at + BEFORE, end - AFTER);
    if (view.getUint32(end - AFTER, true) !== maskedChecksum(message)) break;
    records.push({ bytes: bytes.subarray(at, end), ...factsOf(message) });
    at = end;
  }
  return records;
}

function factsOf(message: Uint8Array): Pick<EventRecord, "step" | "tags"> {
  let step = 0;
  const tags: string[] = [];
  for (const reader = new BinaryReader(message); reader.pos < reader.len; ) {
    const [field, type] = reader.tag();
    if (field === 2) step = Number(reader.int64());
    else if (field === 5) tags.push(...tagsOf(reader.bytes()));
    else reader.skip(type);
  }
  return { step, tags };
}

function tagsOf(summary: Uint8Array): string[] {
  const tags: string[] = [];
  for (const reader = new BinaryReader(summary); reader.pos < reader.len; ) {
    const [field, type] = reader.tag();
    if (field !== 1) {
      reader.skip(type);
      continue;
    }
    for (const value = new BinaryReader(reader.bytes()); value.pos < value.len; ) {
      const [part, kind] = value.tag();
      if (part === 1) tags.push(value.string());
      else value.skip(kind);
    }
  }
  return tags;
}

function stepped(step: number, time: number): BinaryWriter {
  return new BinaryWriter().tag(1, WireType.Bit64).double(time).tag(2, WireType.Varint).int64(step);
}

/** Length and its checksum, message and its checksum. */
function record(message: BinaryWriter): Uint8Array {
  const data = message.finish();
  const out = new Uint8Array(BEFORE + data.length + AFTER);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedChecksum(out.subarray(0, 8)), true);
  out.set(data, BEFORE);
  view.setUint32(BEFORE + data.length, maskedChecksum(data), true);
  return out;
}

/** Width and height of a PNG file. */
function sizeOf(png: Uint8Array): [width: number, height: number] {
  if (png.length < 24 || png[1] !== 0x50 || png[2] !== 0x4e) throw new RangeError("an image of an event is no PNG");
  const view = new DataView(png.buffer, png.byteOffset);
  return [view.getUint32(16), view.getUint32(20)];
}

/** CRC-32C (Castagnoli), by bits from the lowest on. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0x82f63b78 : 0);
  return value;
});

/** CRC-32C as records have it: a checksum of what holds checksums would be weak. */
export function maskedChecksum(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = TABLE[(sum ^ byte) & 255] ^ (sum >>> 8);
  sum = ~sum >>> 0;
  return (((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0;
}
