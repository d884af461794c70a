// Image files and archives that are of another format than their names say. They are read as what they are, and told.

import type { FileKind } from "../archives/archiveFile.ts";

/** Formats of images that are read. */
export type ImageFormat = "PNG" | "JPEG" | "WebP";

/** Images that are named wrongly: how many, and the first few as a person reads them. */
export interface Mislabelled {
  readonly count: number;
  readonly some: readonly string[];
}

export const NONE_MISLABELLED: Mislabelled = { count: 0, some: [] };

const SHOWN = 3;
const NAMED: Readonly<Record<string, ImageFormat>> = { png: "PNG", jpg: "JPEG", jpeg: "JPEG", webp: "WebP" };

/** What is wrong with the name of an image, if anything. Names without an extension of an image say nothing. */
export function mislabelOf(path: string, format: ImageFormat): Mislabelled {
  const named = NAMED[/\.(\w+)$/.exec(path)?.[1].toLowerCase() ?? ""];
  return named === undefined || named === format ? NONE_MISLABELLED : { count: 1, some: [`${path} is a ${format}`] };
}

const ARCHIVES: Readonly<Record<string, FileKind>> = {
  zip: "zip",
  tar: "tar",
  tgz: "gzip",
  gz: "gzip",
  parquet: "Parquet",
};
/** What each is, as a person says it. */
export const TITLES = {
  zip: "a zip archive",
  gzip: "gzipped",
  tar: "a plain tar archive",
  Parquet: "a Parquet file",
  image: "an image",
};

/** Tells where an archive is of another kind than its name says. */
export function tellMislabelledArchive(file: string, kind: FileKind, onWarning: (message: string) => void): void {
  const named = ARCHIVES[/\.(\w+)$/.exec(file)?.[1].toLowerCase() ?? ""];
  if (kind === undefined || named === undefined || named === kind) return;
  onWarning(`"${file}" is ${TITLES[kind]}, whatever its name says, and read as that`);
}

/** Both, in order. */
export function addMislabelled(a: Mislabelled, b: Mislabelled): Mislabelled {
  if (b.count === 0) return a;
  return { count: a.count + b.count, some: [...a.some, ...b.some].slice(0, SHOWN) };
}

/** Tells of the first few. */
export function tellMislabelled(
  root: string,
  { count, some }: Mislabelled,
  onWarning: (message: string) => void,
): void {
  if (count === 0) return;
  const rest = count > some.length ? ", ..." : "";
  const [images, are] = count === 1 ? ["image", "is"] : ["images", "are"];
  onWarning(
    `${count} ${images} of "${root}" ${are} of another format than the name says, and read as what ${count === 1 ? "it is" : "they are"}: ${some.join(", ")}${rest}`,
  );
}
