// Windows bitmaps: palettes, 16, 24 and 32 bits, runs of palette colours (RLE8 and RLE4).
// https://learn.microsoft.com/en-us/windows/win32/gdi/bitmap-storage

import type { Pixels } from "./resize.ts";

const FILE_HEADER = 14;
const CORE = 12;
const [RGB, RLE8, RLE4, FIELDS, ALPHA_FIELDS] = [0, 1, 2, 3, 6];

/** What the headers say. */
interface Header {
  readonly width: number;
  readonly height: number;
  readonly topDown: boolean;
  readonly bits: number;
  readonly compression: number;
  /** Where the pixels begin. */
  readonly start: number;
  /** Of red, green and blue, for 16 and 32 bits. */
  readonly masks: readonly number[];
  readonly palette: Uint8Array;
}

/**
 * The pixels as RGB; a channel of transparency is left out.
 * @throws Error where the headers are damaged or of a kind that is not read, the picture has more than `maxPixels`, or
 *   there are fewer bytes than they say
 */
export function decodeBmp(bytes: Uint8Array, maxPixels: number): Pixels {
  const header = readHeader(bytes, maxPixels);
  const { width, height, bits, compression, topDown } = header;
  const data = new Uint8Array(width * height * 3);
  const colourOf = compression === RLE8 || compression === RLE4 ? runs(bytes, header) : rows(bytes, header);
  for (let y = 0; y < height; y++) {
    const row = topDown ? y : height - 1 - y;
    for (let x = 0; x < width; x++) {
      const value = colourOf(x, row);
      const at = 3 * (y * width + x);
      for (let k = 0; k < 3; k++) {
        data[at + k] = bits > 8 ? channel(value, header.masks[k], bits) : header.palette[3 * value + k];
      }
    }
  }
  return { data, width, height, channels: 3 };
}

function readHeader(bytes: Uint8Array, maxPixels: number): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = bytes.length < FILE_HEADER + CORE ? 0 : view.getUint32(FILE_HEADER, true);
  const at = FILE_HEADER + size;
  if (size < CORE || at > bytes.length) throw new Error("its header is cut off");
  const core = size === CORE;
  const width = core ? view.getUint16(18, true) : view.getInt32(18, true);
  const signed = core ? view.getUint16(20, true) : view.getInt32(22, true);
  const height = Math.abs(signed);
  const bits = view.getUint16(core ? 24 : 28, true);
  const compression = core ? RGB : view.getUint32(30, true);
  if (width <= 0 || height === 0 || width * height > maxPixels) {
    throw new Error(`it would have ${width} x ${height} pixels, more than ${maxPixels} or none`);
  }
  const fits = { [RGB]: [1, 4, 8, 16, 24, 32], [RLE8]: [8], [RLE4]: [4], [FIELDS]: [16, 32], [ALPHA_FIELDS]: [16, 32] };
  if (!fits[compression]?.includes(bits))
    throw new Error(`its kind, ${bits} bits by method ${compression}, is not read`);
  const fields = compression === FIELDS || compression === ALPHA_FIELDS;
  if (fields && bytes.length < 66) throw new Error("its header is cut off");
  const masks = fields
    ? [54, 58, 62].map((place) => view.getUint32(place, true))
    : bits === 16
      ? [0x7c00, 0x3e0, 0x1f]
      : [0xff0000, 0xff00, 0xff];
  const used = core ? 0 : view.getUint32(46, true);
  const colours = bits > 8 ? 0 : Math.min(used === 0 ? 2 ** bits : used, 2 ** bits);
  const entry = core ? 3 : 4;
  if (at + colours * entry > bytes.length) throw new Error("its palette is cut off");
  const palette = new Uint8Array(3 * 2 ** Math.min(bits, 8));
  for (let c = 0; c < colours; c++) {
    for (let k = 0; k < 3; k++) palette[3 * c + k] = bytes[at + c * entry + 2 - k];
  }
  const start = view.getUint32(10, true);
  return { width, height, topDown: signed < 0, bits, compression, start, masks, palette };
}

/** The value at a place of rows that are not compressed, from the bottom up unless `topDown`. */
function rows(bytes: Uint8Array, { width, height, bits, start }: Header): (x: number, row: number) => number {
  const stride = Math.ceil((width * bits) / 32) * 4;
  const last = start + stride * (height - 1) + Math.ceil((width * bits) / 8);
  if (last > bytes.length) throw new Error(`it has ${bytes.length} of ${last} bytes: it is cut off`);
  return (x, row) => {
    const at = start + row * stride + ((x * bits) >> 3);
    if (bits < 8) return (bytes[at] >> (8 - bits - ((x * bits) & 7))) & (2 ** bits - 1);
    let value = bytes[at];
    for (let k = 1; k < bits >> 3; k++) value += bytes[at + k] * 256 ** k;
    return value;
  };
}

/** The value at a place of rows in runs of a colour. What no run reaches is the first colour. */
function runs(bytes: Uint8Array, { width, height, bits, start }: Header): (x: number, row: number) => number {
  const values = new Uint8Array(width * height);
  let [x, y, at] = [0, 0, start];
  const put = (value: number): void => {
    if (x < width && y < height) values[y * width + x] = value;
    x++;
  };
  const nibble = (byte: number, i: number) => (bits === 8 ? byte : i % 2 === 0 ? byte >> 4 : byte & 15);
  for (;;) {
    if (at + 2 > bytes.length) throw new Error("its runs are cut off");
    const [count, value] = [bytes[at], bytes[at + 1]];
    at += 2;
    if (count > 0) for (let i = 0; i < count; i++) put(nibble(value, i));
    else if (value === 0) [x, y] = [0, y + 1];
    else if (value === 1) break;
    else if (value === 2) {
      if (at + 2 > bytes.length) throw new Error("its runs are cut off");
      x += bytes[at];
      y += bytes[at + 1];
      at += 2;
    } else {
      const length = Math.ceil((value * bits) / 8);
      if (at + length > bytes.length) throw new Error("its runs are cut off");
      for (let i = 0; i < value; i++) put(nibble(bytes[at + ((i * bits) >> 3)], i));
      at += length + (length % 2);
    }
  }
  return (column, row) => values[row * width + column];
}

/** What a mask cuts out of a value, scaled to 255. */
function channel(value: number, mask: number, bits: number): number {
  if (mask === 0) return 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const part = (value & mask) >>> shift;
  return bits === 24 ? part : Math.floor((part * 255) / (mask >>> shift));
}
