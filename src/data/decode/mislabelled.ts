// Image files of another format than their names say: they are read as what they are, with a warning.

import { endingOf } from "../layout/formats.ts";

/** Formats of images that are read. */
export type ImageFormat = "PNG" | "JPEG" | "WebP" | "GIF" | "BMP" | "TIFF" | "PNM" | "AVIF";

/** Images that are named wrongly: how many, and the first few as a person reads them. */
export interface Mislabelled {
  readonly count: number;
  readonly some: readonly string[];
}

export const NONE_MISLABELLED: Mislabelled = { count: 0, some: [] };

const SHOWN = 3;
const ENDINGS: Readonly<Record<ImageFormat, readonly string[]>> = {
  PNG: ["png"],
  JPEG: ["jpg", "jpeg", "jpe", "jfif"],
  WebP: ["webp"],
  GIF: ["gif"],
  BMP: ["bmp", "dib"],
  TIFF: ["tif", "tiff"],
  PNM: ["ppm", "pgm", "pbm", "pnm"],
  AVIF: ["avif"],
};
const FORMATS = Object.keys(ENDINGS) as ImageFormat[];

/** What is wrong with the name of an image, if anything. Names without an extension of an image say nothing. */
export function mislabelOf(path: string, format: ImageFormat): Mislabelled {
  const ending = endingOf(path);
  const named = FORMATS.find((one) => ENDINGS[one].includes(ending));
  if (named === undefined || named === format) return NONE_MISLABELLED;
  return { count: 1, some: [`${path} is ${format === "AVIF" ? "an" : "a"} ${format}`] };
}

/** Both, in order. */
export function addMislabelled(a: Mislabelled, b: Mislabelled): Mislabelled {
  if (b.count === 0) return a;
  return { count: a.count + b.count, some: [...a.some, ...b.some].slice(0, SHOWN) };
}

/** Warns of them, naming the first few. */
export function warnMislabelled(
  root: string,
  { count, some }: Mislabelled,
  onWarning: (message: string) => void,
): void {
  if (count === 0) return;
  const rest = count > some.length ? ", ..." : "";
  const [images, are, they] = count === 1 ? ["image", "is", "it is"] : ["images", "are", "they are"];
  onWarning(
    `${count} ${images} of "${root}" ${are} of another format than the name says, and read as what ${they}: ` +
      `${some.join(", ")}${rest}`,
  );
}
