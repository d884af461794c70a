// Hostile files, made by hand: zips whose entries share their bytes, pickles whose parts share each other.

import { crc32 as crcOf, deflateRawSync } from "node:zlib";
import { zipSync } from "fflate";

const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");

/** A zip in which all names have the same, deflated bytes. */
export function sharedZip(names: readonly string[], body: Uint8Array): Uint8Array {
  const packed = deflateRawSync(body, { level: 9 });
  const facts = Buffer.alloc(16);
  facts.writeUInt32LE(crcOf(body), 0);
  facts.writeUInt32LE(packed.length, 4);
  facts.writeUInt32LE(body.length, 8);
  facts.writeUInt16LE(1, 12);
  const local = Buffer.concat([latin1("PK\x03\x04\x14\0\0\0\x08\0\0\0\x21\0"), facts, latin1("a"), packed]);
  const entries = names.map((name) => {
    const sizes = Buffer.from(facts);
    sizes.writeUInt16LE(name.length, 12);
    return Buffer.concat([latin1("PK\x01\x02\x14\0\x14\0\0\0\x08\0\0\0\x21\0"), sizes, Buffer.alloc(14), latin1(name)]);
  });
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(names.length, 8);
  end.writeUInt16LE(names.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, directory, end]);
}

/** A `.pt` of this pickle, by its operations, with storages. */
export function pt(pickle: string, storages: Readonly<Record<string, Uint8Array>> = {}): Uint8Array {
  const data = Object.entries(storages).map(([key, bytes]) => [`x/data/${key}`, bytes] as const);
  return zipSync({ "x/data.pkl": latin1(`\x80\x02${pickle}.`), ...Object.fromEntries(data) }, { level: 0 });
}

/** Operations that push a tuple of two of the tuple before, and so on, `depth` levels: text of 2^depth parts. */
export function sharedTuples(depth: number): string {
  const step = (i: number): string => `0h${char(i - 1)}h${char(i - 1)}\x86q${char(i)}`;
  return `)q\0${Array.from({ length: depth }, (_, i) => step(i + 1)).join("")}`;
}

/** Operations that push a tensor of storage 0 of `bytes` bytes: its sizes and strides. */
export function tensor(bytes: number, shape: readonly number[], strides: readonly number[]): string {
  const storage = `(X\x07\0\0\0storagectorch\nByteStorage\nX\x01\0\0\x000X\x03\0\0\0cpu${int(bytes)}tQ`;
  const tuple = (sizes: readonly number[]): string => `(${sizes.map(int).join("")}t`;
  return `ctorch._utils\n_rebuild_tensor_v2\n(${storage}K\0${tuple(shape)}${tuple(strides)}\x89ccollections\nOrderedDict\n)RtR`;
}

const char = (code: number): string => String.fromCharCode(code);
const int = (value: number): string => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return `J${bytes.toString("latin1")}`;
};

/** The most bytes that this process has held. */
export function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}
