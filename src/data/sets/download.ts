// Fetching published archives, only where a user asks for it: resumed where it was cut off, checked before it gets its
// name.

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { DatadamError } from "../../errors.ts";
import { writeFully } from "../store/writeFully.ts";
import type { PublishedFile } from "./set.ts";

/** Options of {@link download}. */
export interface DownloadOptions {
  readonly signal?: AbortSignal;
  /** Bytes of this file that are here. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Fetches a file into `folder`, unless it is there whole. What arrives is kept as `<name>.partial`, and the next call
 * resumes it; it gets its name when size and MD5 agree.
 *
 * @returns the path of the file.
 * @throws DatadamError IO where the server cannot be reached or refuses, or the file cannot be written; INVALID_DATA
 *   where another file came.
 */
export async function download(
  { url, bytes, md5 }: PublishedFile,
  folder: string,
  { signal, onProgress = () => {} }: DownloadOptions = {},
): Promise<string> {
  const path = join(folder, basename(new URL(url).pathname));
  if ((await sizeOf(path)) === bytes && (await md5Of(path)) === md5) return path;
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => failWriting(folder, cause));
  const partial = `${path}.partial`;
  const here = (await sizeOf(partial)) ?? 0;
  if (here < bytes) await receive(url, partial, here, bytes, signal, onProgress);
  const size = await sizeOf(partial);
  const found = size === bytes ? await md5Of(partial) : undefined;
  if (found !== md5) {
    await rm(partial, { force: true });
    const what = found === undefined ? `${size} bytes, not ${bytes}` : `the MD5 ${found}, not ${md5}`;
    throw new DatadamError("INVALID_DATA", `What ${url} gave has ${what}; it was thrown away.`, {
      hint: "Try again; or fetch the file by another way and give its path.",
    });
  }
  await rename(partial, path);
  return path;
}

async function receive(
  url: string,
  partial: string,
  here: number,
  bytes: number,
  signal: AbortSignal | undefined,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const headers: Record<string, string> = here > 0 ? { Range: `bytes=${here}-` } : {};
  let response: Response;
  try {
    response = await fetch(url, { headers, ...(signal ? { signal } : {}) });
  } catch (cause) {
    signal?.throwIfAborted();
    const reason = ((cause as Error).cause as Error | undefined)?.message ?? (cause as Error).message;
    throw new DatadamError("IO", `${url} cannot be reached: ${reason}`, {
      cause,
      hint:
        "Try again when there is a connection: what has come is kept. " +
        "Or fetch the file by another way and give its path.",
    });
  }
  if (!response.ok || response.body === null) {
    throw new DatadamError("IO", `${url} answers ${response.status} ${response.statusText}`);
  }
  // A server that knows no ranges sends the whole file.
  const resumed = response.status === 206;
  const file = await open(partial, resumed ? "a" : "w").catch((cause: unknown) => failWriting(partial, cause));
  let done = resumed ? here : 0;
  try {
    for await (const chunk of response.body) {
      done += chunk.length;
      // More bytes than the file has are refused.
      if (done > bytes) throw new DatadamError("INVALID_DATA", `${url} sends more than its ${bytes} bytes`);
      await writeFully(file, chunk).catch((cause: unknown) => failWriting(partial, cause));
      onProgress(done, bytes);
    }
    await file.sync().catch((cause: unknown) => failWriting(partial, cause));
  } catch (cause) {
    if (cause instanceof DatadamError) {
      if (cause.code === "INVALID_DATA") await rm(partial, { force: true });
      throw cause;
    }
    signal?.throwIfAborted();
    throw new DatadamError("IO", `The connection to ${url} broke off after ${done} of ${bytes} bytes`, {
      cause,
      hint: "Try again: it resumes from there.",
    });
  } finally {
    await file.close();
  }
}

function failWriting(path: string, cause: unknown): never {
  throw new DatadamError("IO", `${path} cannot be written: ${(cause as Error).message}`, {
    cause,
    hint: "Free some space, or choose another folder. What has come is kept: try again, and it resumes from there.",
  });
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size;
}

async function md5Of(path: string): Promise<string> {
  const hash = createHash("md5");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
