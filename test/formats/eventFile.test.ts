// Event files of TensorBoard, against published checksums and a decoder of their own.

import { crc32, deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { maskedChecksum } from "../../src/formats/eventFile.ts";
import { beginEventFile, encodeEvent, encodePng, eventRecords } from "../../src/formats/index.ts";
import { readEventFile } from "../support/eventFiles.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("the checksum of records", () => {
  // RFC 3720 B.4 and the usual check value, unmasked.
  it.each([
    [bytes("123456789"), 0xe3069283],
    [new Uint8Array(32), 0x8a9136aa],
    [new Uint8Array(32).fill(255), 0x62a8ab43],
    [Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    [Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  ])("is CRC-32C, turned by 15 bits and shifted by a number: %#", (data, sum) => {
    const unmasked = (maskedChecksum(data) - 0xa282ead8) >>> 0;
    expect(((unmasked << 15) | (unmasked >>> 17)) >>> 0).toBe(sum);
    // It is not that of zip and PNG.
    if (crc32 !== undefined) expect(sum).not.toBe(crc32(data));
  });
});

const png = encodePng(new Uint8Array(5 * 3 * 3).fill(7), { width: 5, height: 3, channels: 3 });

describe("an event file", () => {
  const file = Buffer.concat([
    beginEventFile({ time: 1.5, from: 7 }),
    encodeEvent({ step: 7, time: 2.25, scalars: { loss: 0.5, "term/0": -3e-7 } }),
    encodeEvent({ step: 2 ** 40, time: 3, images: { "images of é": png } }),
  ]);

  it("holds what was put in, as another decoder reads it", () => {
    expect(readEventFile(file)).toEqual([
      { time: 1.5, step: 0, version: "brain.Event:2" },
      { time: 1.5, step: 7, session: 1 },
      { time: 2.25, step: 7, values: { loss: 0.5, "term/0": Math.fround(-3e-7) } },
      { time: 3, step: 2 ** 40, values: { "images of é": { width: 5, height: 3, colorspace: 3, png: [...png] } } },
    ]);
    expect(readEventFile(beginEventFile({ time: 1 }))).toHaveLength(1);
  });

  it("is read up to what is cut off or damaged", () => {
    const all = eventRecords(file);
    expect(all.map(({ step, tags }) => [step, tags])).toEqual([
      [0, []],
      [7, []],
      [7, ["loss", "term/0"]],
      [2 ** 40, ["images of é"]],
    ]);
    expect(Buffer.concat(all.map((record) => record.bytes)).equals(file)).toBe(true);
    const ends = all.map((_, i) => all.slice(0, i + 1).reduce((sum, record) => sum + record.bytes.length, 0));
    for (let length = 0; length < file.length; length++) {
      expect(eventRecords(file.subarray(0, length))).toHaveLength(ends.filter((end) => end <= length).length);
    }
    for (let at = 0; at < ends[2]!; at++) {
      const spoilt = Uint8Array.from(file);
      spoilt[at]! ^= 1 << (at % 8);
      expect(eventRecords(spoilt)).toHaveLength(ends.filter((end) => end <= at).length);
    }
  });

  it("takes PNG alone", () => {
    const wrong = { step: 0, time: 0, images: { a: Uint8Array.from(deflateSync(bytes("no picture, but bytes"))) } };
    expect(() => encodeEvent(wrong)).toThrow("is no PNG");
  });
});
