// Files for the tests of src/data: temporary folders, pictures of one colour, archives.

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { extract, type Header, pack } from "tar-stream";
import { expect, onTestFinished } from "vitest";
import { encodePng } from "../../src/formats/index.ts";

/** A temporary folder with these files; a path that ends in `/` is an empty folder. Gone when the test is. */
export function tree(files: Readonly<Record<string, Uint8Array | string>>): string {
  const root = mkdtempSync(join(tmpdir(), "datadam-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [path, data] of Object.entries(files)) {
    mkdirSync(join(root, path.endsWith("/") ? path : dirname(path)), { recursive: true });
    if (!path.endsWith("/")) writeFileSync(join(root, path), data);
  }
  return root;
}

/** A PNG of one colour. */
export function colour(rgb: readonly [number, number, number], width = 4, height = 4): Uint8Array {
  return encodePng(
    Uint8Array.from({ length: width * height * 3 }, (_, i) => rgb[i % 3]),
    { width, height, channels: 3 },
  );
}

/** A tar archive of these files, or of entries with any header. */
export async function tar(files: Readonly<Record<string, Uint8Array | Partial<Header>>>): Promise<Buffer> {
  const stream = pack();
  for (const [name, what] of Object.entries(files)) {
    if (what instanceof Uint8Array) stream.entry({ name }, Buffer.from(what));
    else stream.entry({ name, ...what });
  }
  stream.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The files of a tar archive, plain or gzipped. */
export async function untar(bytes: Uint8Array): Promise<Record<string, Uint8Array>> {
  const stream = extract();
  stream.end(bytes[0] === 0x1f ? gunzipSync(bytes) : bytes);
  const files: Record<string, Uint8Array> = {};
  for await (const entry of stream) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    if (entry.header.type === "file") files[entry.header.name] = Buffer.concat(chunks);
  }
  return files;
}

/** A folder of real data sets, named by the environment; nothing where it or this part of it is missing. */
export function realData(part: string): string | undefined {
  const root = process.env.DATADAM_TEST_DATA;
  return root !== undefined && existsSync(join(root, part)) ? root : undefined;
}

/** Writes bytes to a temporary file. */
export function file(name: string, bytes: Uint8Array): string {
  return join(tree({ [name]: bytes }), name);
}

export { gzipSync as gzip };

/**
 * Tries a file with noise over it anywhere (`runs.changed` times), and cut off anywhere (`runs.cut` times), where it
 * must be refused.
 *
 * @param attempt gives the error, if there is one, after checking it.
 */
export async function damageAnywhere(
  base: Buffer,
  runs: { readonly changed: number; readonly cut: number },
  attempt: (bytes: Uint8Array) => Promise<unknown>,
): Promise<void> {
  const place = fc.nat(base.length - 1);
  await fc.assert(
    fc.asyncProperty(place, fc.uint8Array({ minLength: 1, maxLength: 8 }), async (from, noise) => {
      const bytes = Buffer.from(base);
      bytes.set(noise.subarray(0, bytes.length - from), from);
      await attempt(bytes);
    }),
    { numRuns: runs.changed },
  );
  await fc.assert(
    fc.asyncProperty(place, async (length) => {
      expect(await attempt(base.subarray(0, length))).toMatchObject({ code: "INVALID_DATA" });
    }),
    { numRuns: runs.cut },
  );
}
