// Small pictures that may lose something, as WebP.

import sharp from "sharp";
import type { Encoder } from "../types.ts";

const QUALITY = 82;

export const webp: Encoder = {
  type: "image/webp",
  async encode(pixels, [channels, height, width]) {
    const plane = height! * width!;
    const interleaved = new Uint8Array(plane * 3);
    for (let i = 0; i < plane; i++) {
      for (let c = 0; c < 3; c++) interleaved[3 * i + c] = pixels[(channels === 3 ? c : 0) * plane + i]!;
    }
    const raw = { width: width!, height: height!, channels: 3 as const };
    return sharp(interleaved, { raw }).webp({ quality: QUALITY, effort: 4 }).toBuffer();
  },
};
