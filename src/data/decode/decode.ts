// One image file to a small square of RGB bytes. The image library is loaded at the first use: who reads no files needs
// none.

import type { Sharp, SharpOptions } from "sharp";
import { DatadamError } from "../../errors.ts";
import { LIMITS } from "../../limits.ts";
import { isLfsPointer, lfsPointer } from "../archives/archiveFile.ts";
import { IMAGE_FORMATS } from "../layout/formats.ts";
import { decodeBmp } from "./bmp.ts";
import type { ImageFormat } from "./mislabelled.ts";
import { isGrey } from "./planes.ts";
import { decodePnm } from "./pnm.ts";
import { type Pixels, resizeAndCrop } from "./resize.ts";

export { writePlanes } from "./planes.ts";

/** An image of `size x size` pixels. */
export interface DecodedImage {
  readonly path: string;
  /** RGB, interleaved. */
  readonly rgb: Uint8Array;
  /** Whether every pixel has r = g = b. */
  readonly grey: boolean;
  /** What it is, whatever its name says. */
  readonly format: ImageFormat;
}

/** The most bytes that one image file may have. */
export const MAX_IMAGE_BYTES: number = LIMITS.imageBytes;
let lastLarge: Promise<unknown> = Promise.resolve();

/**
 * Decodes PNG, JPEG, WebP, GIF (its first frame), TIFF (its first page), AVIF, BMP or PNM, turns it as its EXIF says,
 * puts transparency on white, converts it to 8-bit sRGB, scales its shorter side to `size` and cuts out the centre,
 * both to the pixel as torchvision does with Pillow. Inks (CMYK and YCCK) become RGB by Pillow's formula, without a
 * colour profile.
 * @throws DatadamError INVALID_DATA with the path
 */
export async function decodeImage(path: string, bytes: Uint8Array, size: number): Promise<DecodedImage> {
  if (bytes.length === 0) throw invalid(`"${path}" is empty (0 bytes).`);
  const format = formatOf(bytes);
  if (format === undefined) {
    const other = otherFormatOf(bytes);
    if (isLfsPointer(text(bytes, 0, 64))) throw lfsPointer(path);
    throw invalid(`"${path}" is not a ${IMAGE_FORMATS} image${other ? ` but ${other}` : ""}, whatever its name says.`);
  }
  const own = { BMP: decodeBmp, PNM: decodePnm }[format as string];
  const sharp = own === undefined ? await loadSharp() : undefined;
  try {
    const open = (more: SharpOptions = {}): Sharp | undefined =>
      sharp?.(bytes, { failOn: "error", limitInputPixels: LIMITS.imagePixels, ...more });
    const facts: { width: number; height: number; channels?: number } | undefined =
      sizeOf(bytes) ?? (await open()?.metadata());
    const { width = 0, height = 0, channels: planes } = facts ?? {};
    const inks = format === "JPEG" && planes === 4;
    const decode = async () => {
      const picture = open({ ignoreIcc: inks });
      if (picture === undefined) return resizeAndCrop(own!(bytes, LIMITS.imagePixels), size);
      return resizeAndCrop(await (inks ? inkPixels(picture) : pixelsOf(picture, format)), size);
    };
    const { data, channels } = await (width * height > LIMITS.imagePixelsTogether ? inTurn(decode) : decode());
    const rgb = channels === 1 ? spread(data) : data;
    return { path, rgb, grey: channels === 1 || isGrey(rgb), format };
  } catch (cause) {
    const [first] = (cause instanceof Error ? cause.message : String(cause)).trim().split("\n");
    // The image library ends its reasons with a colon or a stop, or names the part alone.
    const reason = first.replace(/[\s:.]+$/, "");
    throw invalid(`"${path}" cannot be decoded: ${reason}.`, cause);
  }
}

async function pixelsOf(picture: Sharp, format: ImageFormat): Promise<Pixels> {
  if (format === "TIFF") {
    const { depth = "" } = await picture.metadata();
    if (!["uchar", "ushort", "1bit"].includes(depth)) throw new Error(`its pixels are of the type ${depth}, not bytes`);
  }
  const { data, info } = await picture
    .autoOrient()
    .flatten({ background: "#ffffff" })
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 1 && info.channels !== 3) throw new Error(`decoded to ${info.channels} channels`);
  return { data, width: info.width, height: info.height, channels: info.channels };
}

/** Of a picture of inks. */
async function inkPixels(picture: Sharp): Promise<Pixels> {
  const { data, info } = await picture
    .autoOrient()
    .pipelineColourspace("cmyk")
    .toColourspace("cmyk")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  if (channels !== 4) throw new Error(`decoded to ${channels} channels`);
  return { data: inksToRgb(data), width, height, channels: 3 };
}

/** Cyan, magenta, yellow and black as Pillow's `convert("RGB")` takes them, in place: RGB is at the front then. */
function inksToRgb(inks: Uint8Array): Uint8Array {
  const rgb = inks.subarray(0, (inks.length / 4) * 3);
  for (let from = 0, to = 0; from < inks.length; from += 4, to += 3) {
    const light = 255 - inks[from + 3];
    for (let c = 0; c < 3; c++) {
      const product = inks[from + c] * light + 128; // divided by 255, rounded
      rgb[to + c] = light - ((product + (product >> 8)) >> 8);
    }
  }
  return rgb;
}

async function loadSharp(): Promise<typeof import("sharp").default> {
  try {
    return (await import("sharp")).default;
  } catch (cause) {
    throw new DatadamError("IO", "The image library sharp cannot be loaded, so no image file can be read.", {
      cause,
      hint: "Install it for this platform: npm install sharp",
    });
  }
}

/**
 * What the header of a PNG or JPEG says. Asking the image library takes a fifth of the time of decoding a small image.
 */
function sizeOf(b: Uint8Array): { width: number; height: number; channels?: number } | undefined {
  const view = new DataView(b.buffer, b.byteOffset, b.byteLength);
  if (isBmp(b))
    return b.length < 26 ? undefined : { width: view.getUint16(18, true), height: view.getUint16(22, true) };
  if (isPng(b)) return b.length < 24 ? undefined : { width: view.getUint32(16), height: view.getUint32(20) };
  for (let at = 2; b[0] === 0xff && b[at] === 0xff && at + 10 <= b.length; ) {
    const marker = b[at + 1];
    const frame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (frame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5), channels: b[at + 9] };
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  return undefined;
}

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const result = lastLarge.then(work);
  lastLarge = result.catch(() => {});
  return result;
}

function formatOf(b: Uint8Array): ImageFormat | undefined {
  if (isPng(b)) return "PNG";
  if (b[0] === 0xff && b[1] === 0xd8 && b[2] === 0xff) return "JPEG";
  if (text(b, 0, 4) === "RIFF" && text(b, 8, 12) === "WEBP") return "WebP";
  const head = text(b, 0, 12);
  if (/^GIF8[79]a/.test(head)) return "GIF";
  if (isBmp(b)) return "BMP";
  if (/^(II\*\0|MM\0\*)/.test(head)) return "TIFF";
  if (/^P[1-6]\s/.test(head)) return "PNM";
  return /^....ftypavi[fs]/s.test(head) ? "AVIF" : undefined;
}

/** What else is often named as an image. */
function otherFormatOf(b: Uint8Array): string | undefined {
  const head = text(b, 0, 12);
  if (/^....ftyp(hei|hev|mif1|msf1)/s.test(head)) return "a HEIC";
  if (head.slice(4, 8) === "jP  ") return "a JPEG 2000";
  if (head.startsWith("\xff\x0a") || head.slice(4, 8) === "JXL ") return "a JPEG XL";
  if (head.startsWith("8BPS")) return "a Photoshop file";
  return /^\s*<(!doctype|html|\?xml|svg)/i.test(head) ? "a web page or SVG" : undefined;
}

/** The second number is the size of a header that there is. */
function isBmp(b: Uint8Array): boolean {
  return text(b, 0, 2) === "BM" && b.length >= 18 && [12, 40, 52, 56, 64, 108, 124].includes(b[14]) && b[15] === 0;
}

function isPng(bytes: Uint8Array): boolean {
  return text(bytes, 0, 8) === "\x89PNG\r\n\x1a\n";
}

function text(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}

function spread(grey: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(grey.length * 3);
  for (let i = 0; i < rgb.length; i++) rgb[i] = grey[Math.floor(i / 3)];
  return rgb;
}

function invalid(message: string, cause?: unknown): DatadamError {
  return new DatadamError("INVALID_DATA", message, { cause, hint: "Remove the file or replace it." });
}
