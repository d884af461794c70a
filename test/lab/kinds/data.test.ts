// The job that looks at a data set, in memory.

import { describe, expect, it } from "vitest";
import { job, memory, type Storage } from "../../../src/lab/index.ts";
import type { DataResult } from "../../../src/lab/kinds/data.ts";
import { drive, readersOf, tiny, types } from "../support.ts";

const small = { kind: "data", data: { dataset: "tiny" } };

async function resultOf(value: object, storage: Storage, readers = readersOf()): Promise<DataResult> {
  return ((await drive(job(value), storage, { readers })).at(-1) as { result: DataResult }).result;
}

describe("data", () => {
  it("tells what is in a set, and warns of what reading it and the report find", async () => {
    const readers = readersOf();
    const warning = {
      ...readers,
      dataset: async (...[options, listeners]: Parameters<typeof readers.dataset>) => {
        listeners.onWarning("2 files were skipped");
        return readers.dataset(options, listeners);
      },
    };
    const { report, ...rest } = await resultOf(small, memory(), warning);
    expect(rest).toEqual({ name: "tiny", classNames: ["ant", "bee", "cat"], warnings: ["2 files were skipped"] });
    expect(report).toMatchObject({ shape: [1, 8, 8], train: { count: 30, duplicates: 0 }, test: { count: 12 } });
  });

  it("draws the first images, a row a class, and finds itself finished", async () => {
    const storage = memory();
    const wanted = { ...small, inspect: false, preview: { part: "test", perClass: 2 } };
    const { report } = await resultOf(wanted, storage);
    expect(report).toBeNull();
    const bytes = (await storage.read("preview.png"))!;
    const header = new DataView(bytes.buffer, bytes.byteOffset + 16, 8);
    // Names on the left; images of 8 px enlarged to 64.
    expect([header.getUint32(0), header.getUint32(4)]).toEqual([188, 3 * 66 + 2]);
    expect(types(await drive(job(wanted), storage))).toEqual(["finished"]);
  });

  it("refuses to draw a part that is not there", async () => {
    const readers = readersOf();
    const alone = {
      ...readers,
      dataset: async (...words: Parameters<typeof readers.dataset>) => ({
        ...(await readers.dataset(...words)),
        dataset: { ...tiny, test: undefined },
      }),
    };
    const wanted = { ...small, preview: { part: "test" } };
    await expect(resultOf(wanted, memory(), alone)).rejects.toThrow("tiny has no test part to preview");
  });
});
