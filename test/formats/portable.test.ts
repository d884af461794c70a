// The formats in a browser: bundled without a module of Node, and run without Node's globals.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import * as formats from "../../src/formats/index.ts";
import { bundleForBrowser } from "../support/bundle.ts";

test("every format is written and read without Node, with the same bytes", async () => {
  const { code, absent } = await bundleForBrowser("formats/index.js", "data/readingOptions.js");
  expect(absent).toEqual([]);

  const folder = mkdtempSync(join(tmpdir(), "datadam-formats-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "bundle.mjs");
  writeFileSync(file, `const [Buffer, process, require] = [];\n${code}`); // as if there were none
  const there = (await import(pathToFileURL(file).href)) as typeof formats;
  const pixels = Uint8Array.from({ length: 3000 }, (_, i) => (i * i) % 253);
  const array = { dtype: "u1", shape: [30, 100], data: pixels } as const;
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
  const both = (work: (of: typeof formats) => Uint8Array) => expect(hex(work(there))).toBe(hex(work(formats)));
  both((of) => of.encodePng(pixels, { width: 100, height: 10, channels: 3 }));
  both((of) => of.encodeNpz({ a: array }));
  both((of) => of.encodeNpy(array));
  both((of) => of.encodeSafetensors({ a: { dtype: "U8", shape: [30, 100], data: pixels } }, { by: "test" }));
  both((of) => of.encodePt({ a: array }));
  both((of) => of.decodeNpz(formats.encodeNpz({ a: array })).a.data as Uint8Array);
  both((of) => (of.decodePt(formats.encodePt({ a: array })) as Map<string, typeof array>).get("a")!.data);
  both((of) => of.decodeIdx(gzipSync(Buffer.from([0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9]))).data as Uint8Array);
  expect(there.parseCsv('a,"b\n"\n', "t")).toMatchObject([{ line: 1, fields: ["a", "b\n"] }]);
});
