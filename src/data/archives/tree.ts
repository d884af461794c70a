// Files below one root, on the disk or in an archive, that can be read in any order.

import { stat as statWithCallback } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { DatadamError } from "../../errors.ts";
import { LIMITS } from "../../limits.ts";
import { oddKind, readRegular } from "../../storage/node/index.ts";

/** Paths are relative to the root, with `/`. */
export interface FileTree {
  /** The root as the user knows it. */
  readonly root: string;
  readonly files: readonly string[];
  /** Folders, empty ones too. */
  readonly folders: readonly string[];
  /** How messages name a file. */
  where(path: string): string;
  /** The bytes of an image file. @throws DatadamError INVALID_DATA with {@link where} */
  read(path: string): Promise<Uint8Array>;
  /** What changes with the contents of a file. @throws DatadamError INVALID_DATA with {@link where} */
  stamp(path: string): Promise<string>;
  /** Nothing can be read after. */
  close(): Promise<void>;
}

/**
 * The folder `root`. Symbolic links are followed, but not to a folder above them; hidden folders are listed but not
 * entered.
 * @param depth how many folders further in
 * @throws DatadamError IO
 */
export async function diskTree(root: string, depth: number = LIMITS.folderDepth): Promise<FileTree> {
  const files: string[] = [];
  const folders: string[] = [];
  /** Pipes, devices and the like: not even opened. */
  const odd = new Map<string, string>();
  const where = (path: string) => join(root, path);
  const list = async (base: string): Promise<void> => {
    const entries = await readdir(where(base), { withFileTypes: true }).catch((cause) => {
      throw new DatadamError("IO", `The folder "${where(base)}" cannot be read: ${cause.message}`, { cause });
    });
    for (const entry of entries) {
      const path = base === "" ? entry.name : `${base}/${entry.name}`;
      // A link to nowhere is a file, so that reading it fails with a message.
      const info = entry.isSymbolicLink() ? await stat(where(path)).catch(() => entry) : entry;
      if (!info.isDirectory()) {
        files.push(path);
        const kind = info.isSymbolicLink() ? undefined : oddKind(info);
        if (kind !== undefined) odd.set(path, kind);
      } else if (!entry.isSymbolicLink() || !(await leadsUp(where(path)))) {
        folders.push(path);
        if (path.split("/").length < depth && !entry.name.startsWith(".")) await list(path);
      }
    }
  };
  await list("");
  const read = async (path: string) => {
    const kind = odd.get(path);
    if (kind !== undefined) throw new DatadamError("INVALID_DATA", `"${where(path)}" is ${kind}, not a file.`);
    return readRegular(where(path), LIMITS.imageBytes).catch((cause) => {
      throw new DatadamError("INVALID_DATA", `"${where(path)}" cannot be read: ${cause.message}`, { cause });
    });
  };
  const stamp = (path: string) => fileStamp(where(path));
  return { root, files, folders, where, read, stamp, close: async () => {} };
}

/** Whether a link leads to a folder that it lies in: following it would never end. */
async function leadsUp(link: string): Promise<boolean> {
  const [to, from] = await Promise.all([realpath(link), realpath(dirname(link))]);
  return `${from}${sep}`.startsWith(to.endsWith(sep) ? to : `${to}${sep}`);
}

/** Size and time of the last change of a file. @throws DatadamError INVALID_DATA with the path */
export function fileStamp(path: string): Promise<string> {
  // The promises of node:fs/promises cost more than the call, and there may be a million files.
  return new Promise((resolve, reject) =>
    statWithCallback(path, (cause, info) => {
      if (cause === null) resolve(`${info.size} ${info.mtimeMs}`);
      else reject(new DatadamError("INVALID_DATA", `"${path}" cannot be read: ${cause.message}`, { cause }));
    }),
  );
}
