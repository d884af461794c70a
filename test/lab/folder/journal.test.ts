// Journals of results: kept over processes, mended after a kill, read as they were meant.

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openJournal, readJournal } from "../../../src/lab/folder/journal.ts";
import { memory, type Storage } from "../../../src/lab/index.ts";
import { folder } from "../../../src/lab/node/index.ts";
import { textOf } from "../../../src/storage/index.ts";
import { temporaryFolder } from "../../support-run.ts";

const FILE = "journal.jsonl";
const line = (claim: number, key: string, value: number): string => `${JSON.stringify({ claim, key, value })}\n`;
const storages: [string, () => Storage][] = [
  ["memory", () => memory()],
  ["a folder", () => folder(join(temporaryFolder(), "deep/er"))],
];

describe.each(storages)("a journal in %s", (_, make) => {
  it("keeps results by key over processes", async () => {
    const storage = make();
    const first = await openJournal(storage, 1, FILE);
    await first.add("one", { accuracy: 12.5 });
    await first.add("two", null);
    await expect(first.add("one", 1)).rejects.toThrow("has a result of one already");
    const second = await openJournal(storage, 2, FILE);
    expect(second.get("one")).toEqual({ accuracy: 12.5 });
    expect([second.get("two"), second.get("three")]).toEqual([null, undefined]);
    expect(second.keys()).toEqual(["one", "two"]);
  });

  it("drops the line that a kill cut off, wherever it was cut, and what is no result", async () => {
    const storage = make();
    const whole = await openJournal(storage, 1, FILE);
    await whole.add("one", 1);
    await whole.add("two", 2);
    const bytes = (await storage.read(FILE))!;
    for (let cut = bytes.indexOf(10) + 1; cut < bytes.length; cut++) {
      await storage.write(FILE, bytes.subarray(0, cut));
      const journal = await openJournal(storage, 1, FILE);
      expect([journal.get("one"), journal.get("two")]).toEqual([1, undefined]);
      await journal.add("two", 2);
      expect(await storage.read(FILE)).toEqual(bytes);
    }
    await storage.append(FILE, 'nonsense\n{"claim":1,"key":1,"value":2}\n{"claim":1,"key":"one","value":3}\n');
    expect((await openJournal(storage, 1, FILE)).get("one")).toBe(1);
    expect(await storage.read(FILE)).toEqual(bytes);
  });

  it("does not count what a writer added after another had taken over", async () => {
    const storage = make();
    const late = await openJournal(storage, 1, FILE);
    await late.add("one", 1);
    const next = await openJournal(storage, 2, FILE);
    await next.add("two", 2);
    await late.add("three", 3);
    expect(Object.fromEntries(await readJournal(storage))).toEqual({ one: 1, two: 2 });
    await next.add("three", 4);
    expect((await readJournal(storage)).get("three")).toBe(4);
  });
});

it("counts the first result of a key", async () => {
  const storage = memory();
  await storage.write(FILE, line(1, "a", 1) + line(2, "a", 2));
  expect([...(await readJournal(storage))]).toEqual([["a", 1]]);
});

it("leaves out what a lower claim wrote after a higher one", async () => {
  const storage = memory();
  await storage.write(FILE, line(1, "a", 1) + line(2, "b", 2) + line(1, "c", 3) + line(2, "c", 4));
  const entries = [
    ["a", 1],
    ["b", 2],
    ["c", 4],
  ];
  expect([...(await readJournal(storage))]).toEqual(entries);
  await openJournal(storage, 3, FILE);
  expect(await textOf(storage, FILE)).toBe(line(1, "a", 1) + line(2, "b", 2) + line(2, "c", 4));
});
