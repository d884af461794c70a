// Reading NumPy's .npy, versions 1.0 to 3.0. See npy.ts.

import { copyBytes } from "../bytes.ts";
import { DatadamError } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import { ARRAYS, elements, MAGIC, type NpyArray, type NpyDType } from "./npy.ts";
import { rowMajor, swapBytes } from "./order.ts";

const TEXT = /^([<>|])([US])(\d{1,4})$/;
const ITEM = /\s*'(descr|fortran_order|shape)'\s*:\s*(?:'([^']*)'|(True|False)|\(([\d\s,]*)\))\s*(?:,|$)/y;

/**
 * Reads one array, in any order of bytes and axes. The data are a copy.
 * @throws DatadamError INVALID_DATA where the file is damaged, or holds what is not read here: structured arrays,
 *   strings and Python objects
 */
export function decodeNpy(bytes: Uint8Array): NpyArray {
  const { descr, fortran, shape, start } = readHeader(bytes, bytes.length);
  const [dtype, isBool] = dtypeOf(descr);
  const copy = copyBytes(bytes, start);
  if (descr.startsWith(">")) swapBytes(copy, ARRAYS[dtype].BYTES_PER_ELEMENT);
  const stored = new ARRAYS[dtype](copy.buffer);
  const data = fortran && shape.length > 1 ? rowMajor(stored, shape) : stored;
  return { dtype, shape, data, ...(isBool && { isBool }) } as NpyArray;
}

/**
 * Looks at the first bytes of a file before the others are there. A header that does not end in them is left alone.
 * @param size of the file
 * @throws DatadamError INVALID_DATA as {@link decodeNpy}, but for strings
 */
export function checkNpyHead(head: Uint8Array, size: number): void {
  const version = head[6];
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const end = head.length < 12 ? 12 : version === 1 ? 10 + view.getUint16(8, true) : 12 + view.getUint32(8, true);
  if (head.length >= Math.min(end, size)) readHeader(head, size);
}

/** The type of elements that are numbers, and whether they stand for false and true. */
function dtypeOf(descr: string): [dtype: NpyDType, isBool: boolean] {
  const isBool = descr === "|b1";
  const dtype = isBool ? "u1" : descr.slice(1);
  if (/^[<>|]/.test(descr) && Object.hasOwn(ARRAYS, dtype)) return [dtype as NpyDType, isBool];
  throw invalid(`its dtype is "${descr}"; read are bool, ${Object.keys(ARRAYS).join(", ")}`);
}

/** Texts with their shape. */
export interface NpyTexts {
  readonly shape: readonly number[];
  readonly texts: readonly string[];
}

/**
 * Reads one array of strings: `<U5` (UTF-32) or `|S5` (bytes, taken for UTF-8). Undefined where it is another array.
 * @throws DatadamError INVALID_DATA where the file is damaged
 */
export function decodeNpyTexts(bytes: Uint8Array): NpyTexts | undefined {
  const { descr, fortran, shape, start } = readHeader(bytes, bytes.length);
  const [, order, kind] = TEXT.exec(descr) ?? [];
  if (kind === undefined || (fortran && shape.length > 1)) return undefined;
  const [width, count] = [widthOf(descr), elements(shape)];
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, count * width);
  const texts = Array.from({ length: count }, (_, i) => {
    const at = i * width;
    if (kind === "S")
      return new TextDecoder().decode(bytes.subarray(start + at, start + at + width)).replace(/\0+$/, "");
    const points = Array.from({ length: width / 4 }, (_, k) => view.getUint32(at + 4 * k, order !== ">"));
    if (points.some((point) => point > 0x10ffff)) throw invalid(`${descr}: text ${i} is none`);
    return String.fromCodePoint(...points).replace(/\0+$/, "");
  });
  return { shape, texts };
}

/** Bytes of an element. */
function widthOf(descr: string): number {
  const [, , kind, digits] = TEXT.exec(descr) ?? [];
  return kind === undefined ? ARRAYS[dtypeOf(descr)[0]].BYTES_PER_ELEMENT : Number(digits) * (kind === "U" ? 4 : 1);
}

/** What the header says, where it fits a file of `size` bytes; the array begins at `start`. */
function readHeader(bytes: Uint8Array, size: number): ReturnType<typeof parseHeader> & { start: number } {
  for (let i = 0; i < MAGIC.length; i++) {
    if (bytes[i] !== MAGIC.charCodeAt(i)) throw invalid("it does not begin with \\x93NUMPY");
  }
  const version = bytes[6];
  if (version < 1 || version > 3) throw invalid(`its version is ${version}`);
  const prefix = version === 1 ? 10 : 12;
  if (bytes.length < prefix) throw invalid("it ends within its header");
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const start = prefix + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (start > size) throw invalid(`its header would end at byte ${start}, but the file has ${size}`);
  const header = parseHeader(new TextDecoder("latin1").decode(copyBytes(bytes, prefix, start)));
  const [{ descr, shape }, width] = [header, widthOf(header.descr)];
  const needed = elements(shape) * width;
  if (width === 0 || needed !== size - start) {
    throw invalid(`${descr} [${shape}] needs ${needed} bytes, but there are ${size - start}`);
  }
  return { ...header, start };
}

function parseHeader(text: string): { descr: string; fortran: boolean; shape: number[] } {
  const items = new Map<string, string | undefined>();
  const body = text.length > LIMITS.npyHeaderBytes ? undefined : /^\{([^{}]*)\}\s*$/.exec(text)?.[1].trimEnd();
  ITEM.lastIndex = 0;
  for (let at = 0; body !== undefined && at < body.length; at = ITEM.lastIndex) {
    const match = ITEM.exec(body);
    if (match === null || items.has(match[1])) break;
    items.set(match[1], match[{ descr: 2, fortran_order: 3, shape: 4 }[match[1]] as number]);
    if (ITEM.lastIndex === body.length) {
      const [descr, fortran, shape] = [items.get("descr"), items.get("fortran_order"), items.get("shape")];
      if (descr === undefined || fortran === undefined || shape === undefined) break;
      const axes = (shape.match(/\d+/g) ?? []).map(Number);
      if (axes.length <= LIMITS.axes) return { descr, fortran: fortran === "True", shape: axes };
      throw invalid(`it has ${axes.length} axes`);
    }
  }
  throw invalid(`its header reads ${JSON.stringify(text.slice(0, 100))}`);
}

function invalid(what: string): DatadamError {
  return new DatadamError("INVALID_DATA", `Not a .npy file that can be read: ${what}.`);
}
