// Portable anymaps: PBM, PGM and PPM, plain (P1 to P3) and raw (P4 to P6). https://netpbm.sourceforge.net/doc/pnm.html

import type { Pixels } from "./resize.ts";

/** The header, up to one sign of white space: kind, width, height, and but for bitmaps the largest value. */
const COMMENTS = "(?:\\s|#[^\\r\\n]*[\\r\\n])";
const NUMBER = `${COMMENTS}+(\\d+)`;
const BITMAP = new RegExp(`^P([14])${NUMBER}${NUMBER}(?:\\s|#[^\\r\\n]*[\\r\\n])`);
const MAP = new RegExp(`^P([2356])${NUMBER}${NUMBER}${NUMBER}\\s`);
const MAX_HEADER = 2 ** 12;

/**
 * The pixels as bytes, 1 or 3 channels. Values are scaled to 255, rounded.
 * @throws Error where the header is damaged, the picture has more than `maxPixels`, or there are fewer bytes than it
 *   says
 */
export function decodePnm(bytes: Uint8Array, maxPixels: number): Pixels {
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, MAX_HEADER));
  const match = BITMAP.exec(head) ?? MAP.exec(head);
  if (match === null) throw new Error("its header is damaged");
  const [kind, width, height, most = 1] = match.slice(1).map((text) => (text === undefined ? undefined : Number(text)));
  if (!width || !height || !kind || width * height > maxPixels) {
    throw new Error(`it would have ${width} x ${height} pixels, more than ${maxPixels} or none`);
  }
  if (most < 1 || most > 0xffff) throw new Error(`its largest value is ${most}`);
  const channels = kind === 3 || kind === 6 ? 3 : 1;
  const count = width * height * channels;
  const body = bytes.subarray(match[0].length);
  const values = kind <= 3 ? plain(body, count, kind === 1) : raw(body, kind, width, height * channels, most);
  if (values.length < count) throw new Error(`it has ${values.length} of ${count} values: it is cut off`);
  const data = new Uint8Array(count);
  const white = kind === 1 || kind === 4;
  for (let i = 0; i < count; i++) {
    const value = Math.min(values[i], most);
    data[i] = white ? (value === 0 ? 255 : 0) : halfToEven((value / most) * 255);
  }
  return { data, width, height, channels };
}

/** Rounds as Python does. */
function halfToEven(value: number): number {
  const up = Math.round(value);
  return up - value === 0.5 && up % 2 === 1 ? up - 1 : up;
}

/** Numbers in ASCII; digits of a bitmap may stand without space. */
function plain(body: Uint8Array, count: number, bits: boolean): Uint16Array {
  // A value takes a byte and more, so that no more is allocated than there are bytes.
  const values = new Uint16Array(Math.min(count, body.length));
  let [n, value, comment] = [0, -1, false];
  for (let i = 0; i <= body.length && n < values.length; i++) {
    const byte = body[i] ?? 0x20;
    if (comment) comment = byte !== 0x0a && byte !== 0x0d;
    else if (byte >= 0x30 && byte <= 0x39) {
      value = Math.min(0xffff, Math.max(0, value) * 10 + byte - 0x30);
      if (!bits) continue;
      values[n++] = value;
      value = -1;
      continue;
    } else if (byte === 0x23) comment = true;
    else if (byte !== 0x20 && (byte < 0x09 || byte > 0x0d)) throw new Error("it holds what is no number");
    if (value >= 0) {
      values[n++] = value;
      value = -1;
    }
  }
  return values.subarray(0, n);
}

function raw(body: Uint8Array, kind: number, width: number, rows: number, most: number): Uint8Array | Uint16Array {
  if (kind === 4) {
    const stride = Math.ceil(width / 8);
    if (body.length < stride * rows) return new Uint8Array(0);
    return Uint8Array.from({ length: width * rows }, (_, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      return (body[y * stride + (x >> 3)] >> (7 - (x & 7))) & 1;
    });
  }
  if (most < 256) return body;
  const count = Math.min(width * rows, body.length >> 1);
  return Uint16Array.from({ length: count }, (_, i) => body[2 * i] * 256 + body[2 * i + 1]);
}
