// Writing .pt files that `torch.load` reads, with `weights_only` too: dicts, lists, text, numbers and tensors.

import { zipSync } from "fflate";
import { concatBytes } from "../../bytes.ts";
import { elements, type NpyArray, type NpyDType } from "../npy.ts";
import { isNpyArray } from "./values.ts";

/** What can be written. Objects become dicts, arrays lists; integers become `int`, other numbers `float`. */
export type PtValue =
  | null
  | boolean
  | number
  | string
  | NpyArray
  | readonly PtValue[]
  | { readonly [key: string]: PtValue };

const STORAGES: Readonly<Partial<Record<NpyDType, string>>> = {
  f4: "FloatStorage",
  f8: "DoubleStorage",
  i1: "CharStorage",
  i2: "ShortStorage",
  i4: "IntStorage",
  i8: "LongStorage",
  u1: "ByteStorage",
};
const DATE = new Date(1980, 0, 1);
const ROOT = "archive";

/**
 * A file of `torch.save`, in the zip format of PyTorch 1.6 and later. Equal input gives equal bytes. `weights_only` of
 * PyTorch 1.13 knows no floats outside of tensors; later versions do.
 * @throws RangeError where an array is not as long as its shape, TypeError where PyTorch has no such dtype
 */
export function encodePt(value: PtValue): Uint8Array {
  const writer = new Writer();
  writer.raw("\x80\x02");
  writer.value(value);
  writer.raw(".");
  const files: Record<string, Uint8Array> = { [`${ROOT}/data.pkl`]: writer.bytes() };
  for (const [key, data] of writer.storages.entries()) files[`${ROOT}/data/${key}`] = data;
  files[`${ROOT}/version`] = new TextEncoder().encode("3\n");
  return zipSync(files, { level: 0, mtime: DATE, os: 3 });
}

/** Pickle operations of protocol 2, as their characters. */
class Writer {
  readonly storages: Uint8Array[] = [];
  readonly #parts: Uint8Array[] = [];
  raw(latin1: string): void {
    this.#parts.push(Uint8Array.from(latin1, (char) => char.charCodeAt(0)));
  }
  bytes(): Uint8Array {
    return concatBytes(this.#parts);
  }
  value(value: PtValue): void {
    if (value === null) this.raw("N");
    else if (typeof value === "boolean") this.raw(value ? "\x88" : "\x89");
    else if (typeof value === "number") this.#number(value);
    else if (typeof value === "string") this.#text(value);
    else if (Array.isArray(value)) this.#list(value as readonly PtValue[]);
    else if (isNpyArray(value as NpyArray)) this.#tensor(value as NpyArray);
    else this.#dict(value as { readonly [key: string]: PtValue });
  }
  #number(value: number): void {
    const integer = Number.isInteger(value) && Math.abs(value) < 2 ** 31;
    const bytes = new DataView(new ArrayBuffer(integer ? 4 : 8));
    if (integer) bytes.setInt32(0, value, true);
    else bytes.setFloat64(0, value); // pickles store doubles big-endian
    this.raw(integer ? "J" : "G");
    this.#parts.push(new Uint8Array(bytes.buffer));
  }
  #text(text: string): void {
    const utf8 = new TextEncoder().encode(text);
    const length = new DataView(new ArrayBuffer(4));
    length.setUint32(0, utf8.length, true);
    this.raw("X");
    this.#parts.push(new Uint8Array(length.buffer), utf8);
  }
  #list(items: readonly PtValue[]): void {
    this.raw("](");
    for (const item of items) this.value(item);
    this.raw("e");
  }
  #dict(record: { readonly [key: string]: PtValue }): void {
    this.raw("}(");
    for (const [key, item] of Object.entries(record)) {
      this.#text(key);
      this.value(item);
    }
    this.raw("u");
  }
  /** `_rebuild_tensor_v2(storage, 0, size, stride, False, OrderedDict())`, the storage by its persistent id. */
  #tensor({ dtype, shape, data }: NpyArray): void {
    const storage = STORAGES[dtype];
    if (storage === undefined) throw new TypeError(`encodePt: PyTorch has no tensors of ${dtype}`);
    if (elements(shape) !== data.length)
      throw new RangeError(`encodePt: ${data.length} elements, but the shape is [${shape}]`);
    const strides = shape.map((_, axis) => elements(shape.slice(axis + 1)));
    this.raw("ctorch._utils\n_rebuild_tensor_v2\n((");
    this.#text("storage");
    this.raw(`ctorch\n${storage}\n`);
    this.#text(String(this.storages.length));
    this.#text("cpu");
    this.#number(data.length);
    this.raw("tQ");
    this.#number(0);
    for (const sizes of [shape, strides]) {
      this.raw("(");
      for (const size of sizes) this.#number(size);
      this.raw("t");
    }
    this.raw("\x89ccollections\nOrderedDict\n)RtR");
    this.storages.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
}
