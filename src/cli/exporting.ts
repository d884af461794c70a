// Exports of the command line: a distilled set for other programs, put in its place whole.

import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { DatadamError } from "../errors.ts";
import { ARRAY_FORMATS, type ArrayFormat, type ExportedFiles, exportFiles, loaderOf } from "../run/exports/index.ts";
import { readSyntheticSet } from "../run/index.ts";
import type { Storage } from "../storage/index.ts";
import { listFolder, makeFolder, placeFile, sweepBeside } from "../storage/node/index.ts";
import type { Ui } from "./ui.ts";

interface ExportOptions {
  readonly to: ArrayFormat | "png" | "huggingface";
  readonly out: string | undefined;
}

/**
 * Puts the files of a set in their place, all or none of them; beside a file of arrays its loader. Where they are there
 * already, to the byte, nothing is done.
 *
 * @throws DatadamError IO where something else is there
 */
export async function exportSet(directory: string, { to, out }: ExportOptions, ui: Ui): Promise<void> {
  const set = readSyntheticSet(directory);
  const isFile = (ARRAY_FORMATS as readonly string[]).includes(to);
  const path = resolve(out ?? join(directory, isFile ? `export.${to}` : to));
  const files = await exportFiles(set, to);
  const loader = isFile ? loaderOf(basename(path), to as ArrayFormat, set) : undefined;
  const places: [string, ExportedFiles][] = [[path, files]];
  // First, so that the file is there when all is.
  if (loader !== undefined) {
    places.unshift([join(dirname(path), loader.name), { "": new TextEncoder().encode(loader.text) }]);
  }
  await putFiles(places);
  const images = set.labels.length * (set.factor ?? 1) ** 2;
  const written = { path, format: to, files: Object.keys(files).length, images };
  ui.result(path, { ...written, ...(loader && { loader: places[0]![0] }) });
}

/** Puts files in their places. @throws DatadamError IO where something else is in one of them: nothing is put then */
export async function putFiles(places: readonly (readonly [path: string, files: ExportedFiles])[]): Promise<void> {
  const taken = places.find(([path, files]) => !isFree(path, files) && !holds(path, files));
  if (taken !== undefined) throw existsAlready(taken[0]);
  for (const [path, files] of places) {
    if (!isFree(path, files)) {
      await sweepBeside(path);
      continue;
    }
    makeFolder(dirname(path));
    await placeFile(path, (storage, name) => writeAll(storage, name, files));
  }
}

export function existsAlready(path: string): DatadamError {
  return new DatadamError("IO", `${path} exists already`, {
    hint: "Choose another place with --out, or move it away.",
  });
}

/** Nothing is there, or of a folder an empty one. */
function isFree(path: string, files: ExportedFiles): boolean {
  if (!existsSync(path)) return true;
  return !("" in files) && statSync(path).isDirectory() && listFolder(path).length === 0;
}

async function writeAll(storage: Storage, name: string, files: ExportedFiles): Promise<void> {
  for (const [path, bytes] of Object.entries(files)) await storage.write(path === "" ? name : `${name}/${path}`, bytes);
}

/** Whether just these files are there. */
function holds(path: string, files: ExportedFiles): boolean {
  try {
    const there = filesIn(path);
    const isSame = (file: string): boolean => readFileSync(join(path, file)).equals(files[file]!);
    return there.sort().join("\n") === Object.keys(files).sort().join("\n") && there.every(isSame);
  } catch {
    return false;
  }
}

/** Paths of the files of a folder; empty of a file itself. */
function filesIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return [""];
  return listFolder(path).flatMap((name) =>
    filesIn(join(path, name)).map((inside) => (inside === "" ? name : `${name}/${inside}`)),
  );
}
