// What large tar archives hold, kept in the cache beside their decoded images, so that they are not read again.

import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TarListing } from "./listing.ts";

const VERSION = 1;
const DIGEST = 64;

type Kept = Omit<TarListing, "texts" | "links" | "file"> & {
  readonly texts: readonly (readonly [path: string, base64: string])[];
  readonly links: readonly (readonly [path: string, to: string])[];
};

/** The listings of these archives; undefined where they are not kept, or damaged. */
export async function keptListing(
  cacheDir: string,
  key: string,
  files: readonly string[],
): Promise<TarListing[] | undefined> {
  const text = await readFile(placeOf(cacheDir, key), "utf8").catch(() => undefined);
  if (text === undefined || sha256(text.slice(DIGEST)) !== text.slice(0, DIGEST)) return undefined;
  const { version, tars } = JSON.parse(text.slice(DIGEST)) as { version: number; tars: readonly Kept[] };
  if (version !== VERSION || tars.length !== files.length) return undefined;
  return tars.map(({ texts, links, ...kept }, i) => ({
    ...kept,
    file: files[i],
    texts: new Map(texts.map(([path, base64]) => [path, Buffer.from(base64, "base64")])),
    links: new Map(links),
  }));
}

/** Keeps them, whole or not at all. That they cannot be kept does no harm. */
export async function keepListing(cacheDir: string, key: string, tars: readonly TarListing[]): Promise<void> {
  const kept = tars.map(
    ({ file: _, texts, links, ...rest }): Kept => ({
      ...rest,
      texts: [...texts].map(([path, bytes]) => [path, Buffer.from(bytes).toString("base64")]),
      links: [...links],
    }),
  );
  const text = JSON.stringify({ version: VERSION, tars: kept });
  const place = placeOf(cacheDir, key);
  const partial = `${place}.${randomUUID()}.partial`;
  try {
    await mkdir(cacheDir, { recursive: true });
    await writeFile(partial, sha256(text) + text);
    await rename(partial, place);
  } catch {
    await rm(partial, { force: true }).catch(() => {});
  }
}

function placeOf(cacheDir: string, key: string): string {
  return join(cacheDir, `tar-${key}.json`);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
