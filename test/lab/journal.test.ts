// Journals: one result of each key, kept over stops, without what a late writer added.

import { expect, it } from "vitest";
import { memory } from "../../src/lab/index.ts";
import { openJournal, readJournal } from "../../src/lab/journal.ts";
import { textOf } from "../../src/storage/index.ts";

const FILE = "journal.jsonl";
const line = (claim: number, key: string, value: number): string => `${JSON.stringify({ claim, key, value })}\n`;

it("keeps results over a stop, and refuses a second one of a key", async () => {
  const storage = memory();
  const first = await openJournal(storage, 1, FILE);
  await first.add("a", 1);
  await storage.append(FILE, '{"claim":1,"key":"b","va');
  const second = await openJournal(storage, 2, FILE);
  expect([second.keys(), second.get("a"), second.get("b")]).toEqual([["a"], 1, undefined]);
  await second.add("b", 2);
  await expect(second.add("a", 3)).rejects.toThrow(new RangeError("journal.jsonl has a result of a already"));
  expect(await textOf(storage, FILE)).toBe(line(1, "a", 1) + line(2, "b", 2));
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
