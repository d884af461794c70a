// PNG writing: 8 bits a sample, grey or RGB. Format: https://www.w3.org/TR/png-3/

import { zlibSync } from "fflate";
import { crc32 } from "#inflate";
import { concatBytes } from "../bytes.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/**
 * Writes one image. Equal input gives equal bytes everywhere.
 * @param pixels row-major, channels interleaved (HWC): `height * width * channels` bytes
 * @throws RangeError where sizes do not fit
 */
export function encodePng(
  pixels: Uint8Array,
  { width, height, channels }: { width: number; height: number; channels: 1 | 3 },
): Uint8Array {
  if (channels !== 1 && channels !== 3) throw new RangeError(`encodePng: channels must be 1 or 3, not ${channels}`);
  if (!(Number.isSafeInteger(width) && width > 0 && Number.isSafeInteger(height) && height > 0)) {
    throw new RangeError(`encodePng: no image is ${width} x ${height}`);
  }
  const stride = width * channels;
  if (pixels.length !== height * stride) {
    throw new RangeError(
      `encodePng: ${pixels.length} bytes, but ${width} x ${height} x ${channels} need ${height * stride}`,
    );
  }
  const rows = new Uint8Array(height * (stride + 1)); // a filter type (0, none) before each row
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1);
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, channels === 1 ? 0 : 2], 8);
  const chunks = [chunk("IHDR", header), chunk("IDAT", zlibSync(rows, { level: 9 })), chunk("IEND", new Uint8Array(0))];
  return concatBytes([Uint8Array.from(SIGNATURE), ...chunks]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length + 12);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) out[4 + i] = type.charCodeAt(i);
  out.set(data, 8);
  view.setUint32(data.length + 8, crc32(out.subarray(4, data.length + 8)));
  return out;
}
