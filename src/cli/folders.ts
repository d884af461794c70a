// Folders for results: the one that was asked for, or the first free number.

import { mkdirSync, rmdirSync } from "node:fs";
import { dirname, relative } from "node:path";
import { ioError, makeFolder } from "../run/index.ts";
import { isS3 } from "../storage/s3/index.ts";

/** Makes `<stem>-<n>` with the first free n. */
export function reserve(stem: string): string {
  makeFolder(dirname(stem));
  for (let number = 1; ; number++) {
    const path = `${stem}-${number}`;
    try {
      mkdirSync(path);
      return path;
    } catch (error) {
      if ((error as { code?: unknown }).code !== "EEXIST") throw ioError(error, `Cannot create ${path}`);
    }
  }
}

/** Removes a folder in which nothing was kept. */
export function removeIfUnused(path: string): void {
  try {
    rmdirSync(path);
    // Of the folder above only what this program may have made.
    rmdirSync(dirname(path));
  } catch {
    // Something is in it: keep it.
  }
}

/** A path as a person would type it. */
export function show(path: string): string {
  if (isS3(path)) return path;
  const short = relative(process.cwd(), path);
  return short === "" || short.startsWith("..") ? path : short;
}

/** A data set as part of a folder's name. */
export function slug(dataset: string): string {
  const name = dataset
    .replace(/[/\\]+$/, "")
    .replace(/^.*[/\\]/, "")
    .replace(/(\.tar)?\.(gz|tgz|tar)$|\.tgz$/, "");
  return name.replaceAll(/[^\w.-]+/g, "-").replace(/^[.-]+/, "") || "images";
}
