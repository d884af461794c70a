// Where the files of a plain tar archive lie in it, so that they can be read without what is between them.

import type { FileHandle } from "node:fs/promises";
import { DatadamError } from "../../errors.ts";
import { openRegular } from "../../storage/node/index.ts";
import { normalPath, refused } from "./archiveFile.ts";
import { BLOCK, checksum, octal, text } from "./tarHeader.ts";

/** A file of an archive: its bytes are `size` from `start` on. */
export interface TarMember {
  readonly path: string;
  readonly start: number;
  readonly size: number;
}

/**
 * The files of an uncompressed tar archive with short names (ustar), found by reading its headers alone.
 * @throws DatadamError INVALID_DATA where a header is damaged or of another kind, or the archive is cut off; IO
 */
export async function tarMembers(file: string): Promise<TarMember[]> {
  return withFile(file, async (handle) => {
    const { size: total } = await handle.stat();
    const members: TarMember[] = [];
    const header = Buffer.alloc(BLOCK);
    for (let at = 0; ; ) {
      const { bytesRead } = await handle.read(header, 0, BLOCK, at);
      if (bytesRead < BLOCK) throw refused(file, "it ends without an end mark: it was cut off");
      if (header.every((byte) => byte === 0)) return members;
      const [name, size, kind] = [text(header, 0, 100), octal(header, 124, 12), String.fromCharCode(header[156])];
      if (octal(header, 148, 8) !== checksum(header) || Number.isNaN(size)) {
        throw refused(file, `byte ${at} is not a header: it is damaged, compressed, or not a tar archive`);
      }
      const start = at + BLOCK;
      if (start + size > total) throw refused(file, `it is cut off in "${name}"`);
      const prefix = header.toString("latin1", 257, 262) === "ustar" ? text(header, 345, 155) : "";
      if (kind === "0" || kind === "\0") {
        members.push({ path: normalPath(file, prefix === "" ? name : `${prefix}/${name}`), start, size });
      } else if (kind !== "5") throw refused(file, `"${name}" is neither a file nor a folder (type ${kind})`);
      at = start + Math.ceil(size / BLOCK) * BLOCK;
    }
  });
}

/** The bytes of a file of an archive. @throws DatadamError IO */
export async function readMember(file: string, { path, start, size }: TarMember): Promise<Uint8Array> {
  return withFile(file, async (handle) => {
    const bytes = Buffer.alloc(size);
    const { bytesRead } = await handle.read(bytes, 0, size, start);
    if (bytesRead < size) throw refused(file, `it is cut off in "${path}"`);
    return bytes;
  });
}

async function withFile<T>(file: string, use: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await openRegular(file).catch((cause) => {
    throw new DatadamError("IO", `"${file}" cannot be read: ${cause.message}`, { cause });
  });
  return use(handle).finally(() => handle.close());
}
