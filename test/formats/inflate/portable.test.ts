// Unpacking without Node: the same bytes and the same refusals as with Node's zlib.

import { crc32, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import * as node from "../../../src/formats/inflate/node.ts";
import * as portable from "../../../src/formats/inflate/portable.ts";
import { TooLarge } from "../../../src/formats/inflate/tooLarge.ts";

const noise = (length: number) => Uint8Array.from({ length }, (_, i) => (i * i * 31 + (i >> 3)) % 256);
const KINDS = [
  ["inflateRaw", portable.inflateRaw, node.inflateRaw, deflateRawSync],
  ["inflateZlib", portable.inflateZlib, node.inflateZlib, deflateSync],
  ["gunzip", portable.gunzip, node.gunzip, gzipSync],
] as const;

describe.each(KINDS)("%s", (kind, inBrowser, inNode, pack) => {
  test.each([0, 1, 1000, 100_000])("gives %i bytes back, at any level", (length) => {
    for (const level of [0, 1, 9]) {
      for (const data of [noise(length), new Uint8Array(length)]) {
        const packed = pack(data, { level });
        expect(inBrowser(packed, length)).toEqual(data);
        expect(new Uint8Array(inNode(packed, length))).toEqual(data);
      }
    }
  });

  test("stops at the limit, early, whatever it would unpack to", () => {
    const bomb = pack(new Uint8Array(100e6));
    const started = performance.now();
    for (const unpack of [inBrowser, inNode]) {
      expect(() => unpack(bomb, 1000)).toThrow(TooLarge);
      expect(() => unpack(pack(noise(1001)), 1000)).toThrow("it unpacks to more than 1000 bytes");
      expect(() => unpack(pack(noise(1)), 0)).toThrow(TooLarge);
    }
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test("gives what Node gives, or refuses, of bytes that are damaged or cut off; what a checksum covers is right", () => {
    const data = noise(300);
    const base = pack(data);
    const outcome = (unpack: typeof inNode, bytes: Uint8Array): Uint8Array | undefined => {
      try {
        return new Uint8Array(unpack(bytes, 10_000));
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        return undefined;
      }
    };
    fc.assert(
      fc.property(fc.nat(base.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, change, cut) => {
        const bytes = cut ? new Uint8Array(base.subarray(0, at)) : new Uint8Array(base);
        if (!cut) bytes[at] ^= change;
        const [here, there] = [outcome(inBrowser, bytes), outcome(inNode, bytes)];
        if (cut) expect(here).toBeUndefined();
        if (there !== undefined) expect(here).toEqual(there);
        if (kind !== "inflateRaw" && here !== undefined) expect(here).toEqual(data);
      }),
      { numRuns: 2000 },
    );
  });
});

test("gunzip skips the names and comments of a header", () => {
  const packed = gzipSync(noise(50));
  const header = [...packed.subarray(0, 10)];
  header[3] = 4 + 8 + 16 + 2;
  const named = Uint8Array.from([...header, 3, 0, 1, 2, 3, ...Buffer.from("name\0comment\0"), 0, 0]);
  const crc = crc32(named.subarray(0, -2)) & 0xffff;
  named.set([crc & 255, crc >> 8], named.length - 2);
  const bytes = Buffer.concat([named, packed.subarray(10)]);
  expect(portable.gunzip(bytes, 50)).toEqual(noise(50));
  expect(new Uint8Array(node.gunzip(bytes, 50))).toEqual(noise(50));
});

test("crc32 is Node's", () => {
  for (const data of [new Uint8Array(0), noise(1), noise(70_000)]) expect(portable.crc32(data)).toBe(node.crc32(data));
});

test("every format that is packed is read and written without Node", async () => {
  vi.resetModules();
  vi.doMock("#inflate", () => portable);
  const formats = await import("../../../src/formats/index.ts");
  const here = await vi.importActual<typeof formats>("../../../src/formats/index.ts");
  const array = { dtype: "u1", shape: [2, 3], data: noise(6) } as const;
  expect(formats.decodeNpz(formats.encodeNpz({ a: array })).a).toEqual(array);
  const pixels = noise(300);
  const png = formats.encodePng(pixels, { width: 10, height: 10, channels: 3 });
  expect(png).toEqual(here.encodePng(pixels, { width: 10, height: 10, channels: 3 }));
  const idx = gzipSync(Buffer.from([0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9]));
  expect(formats.decodeIdx(idx).data).toEqual(Uint8Array.from([7, 8, 9]));
  expect(() => formats.decodeIdx(idx, { maxBytes: 5 })).toThrow("it unpacks to more than 5 bytes");
  vi.doUnmock("#inflate");
});
