// One image file to pixels, by the browser's own decoders.

import { DatadamError } from "../../errors.ts";
import { LIMITS } from "../../limits.ts";
import type { Pixels } from "../decode/resize.ts";

/**
 * Decodes what the browser can, turns it as its EXIF says and puts transparency on white.
 *
 * @param path names it in messages.
 * @throws DatadamError INVALID_DATA
 */
export async function decodePicture(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<Pixels> {
  if (bytes.length === 0) throw invalid(`"${path}" is empty (0 bytes).`);
  const bitmap = await createImageBitmap(new Blob([bytes])).catch((cause) => {
    throw invalid(`"${path}" cannot be decoded by this browser.`, cause);
  });
  try {
    const { width, height } = bitmap;
    if (width * height > LIMITS.imagePixels) {
      throw invalid(`"${path}" cannot be decoded: ${width} x ${height} are more than ${LIMITS.imagePixels} pixels.`);
    }
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    const rgb = new Uint8Array(3 * width * height);
    for (let i = 0; i < width * height; i++) {
      for (let c = 0; c < 3; c++) rgb[3 * i + c] = data[4 * i + c];
    }
    return { data: rgb, width, height, channels: 3 };
  } finally {
    bitmap.close();
  }
}

function invalid(message: string, cause?: unknown): DatadamError {
  return new DatadamError("INVALID_DATA", message, { cause, hint: "Remove the file or replace it." });
}
