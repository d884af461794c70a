// Fetching published archives, only where a user asks for it: resumed where it was cut off, checked before it gets its name.

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { DatadamError } from "../../errors.ts";
import { writeFully } from "../store/writeFully.ts";
import type { DatasetName } from "./named.ts";

/** A file as its publishers offer it. */
export interface PublishedFile {
  readonly url: string;
  readonly bytes: number;
  /** Hexadecimal, as published. */
  readonly md5: string;
}

const CIFAR = "https://www.cs.toronto.edu/~kriz";
const MNIST = "https://ossci-datasets.s3.amazonaws.com/mnist";

/** What `datadam data add NAME --download` fetches. Other sets are fetched by hand: no checksum of theirs is on record here. */
export const downloads: Readonly<Partial<Record<DatasetName, readonly PublishedFile[]>>> = {
  cifar10: [{ url: `${CIFAR}/cifar-10-binary.tar.gz`, bytes: 170_052_171, md5: "c32a1d4ab5d03f1284b67883e8d87530" }],
  cifar100: [{ url: `${CIFAR}/cifar-100-binary.tar.gz`, bytes: 168_513_733, md5: "03b5dce01913d631647c71ecec9e9cb8" }],
  mnist: [
    { url: `${MNIST}/train-images-idx3-ubyte.gz`, bytes: 9_912_422, md5: "f68b3c2dcbeaaa9fbdd348bbdeb94873" },
    { url: `${MNIST}/train-labels-idx1-ubyte.gz`, bytes: 28_881, md5: "d53e105ee54ea40749a09fcbcd1e9432" },
    { url: `${MNIST}/t10k-images-idx3-ubyte.gz`, bytes: 1_648_877, md5: "9fb629c4189551a2d022fa330f9573f3" },
    { url: `${MNIST}/t10k-labels-idx1-ubyte.gz`, bytes: 4_542, md5: "ec29112dd5afa0611ce80d1b7f02629c" },
  ],
  "tiny-imagenet": [
    {
      url: "http://cs231n.stanford.edu/tiny-imagenet-200.zip",
      bytes: 248_100_043,
      md5: "90528d7ca1a48142e341f4ef8d21d0de",
    },
  ],
};

export interface DownloadOptions {
  readonly signal?: AbortSignal;
  /** Bytes of this file that are here. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Fetches a file into `folder`, unless it is there whole. What arrives is kept as `<name>.partial` and gone on with the next time;
 * it gets its name when size and MD5 agree.
 *
 * @returns the path of the file.
 * @throws DatadamError IO where the server cannot be reached or refuses, or the file not be written; INVALID_DATA where what came is another file.
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
      hint: "Try again when there is a connection: what has come is kept. Or fetch the file by another way and give its path.",
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
      // A server that goes on past the end is not believed.
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
      hint: "Try again: it goes on from there.",
    });
  } finally {
    await file.close();
  }
}

function failWriting(path: string, cause: unknown): never {
  throw new DatadamError("IO", `${path} cannot be written: ${(cause as Error).message}`, {
    cause,
    hint: "Free some space, or choose another folder. What has come is kept: try again, and it goes on from there.",
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
