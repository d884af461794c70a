// Rows by a growing number: after a stop the file is that of work that was never stopped.

import { expect, it } from "vitest";
import { openRows, readRows } from "../../../src/lab/folder/rows.ts";
import { memory } from "../../../src/lab/index.ts";
import { textOf } from "../../../src/storage/index.ts";

const row = (iteration: number): { iteration: number; loss: number } => ({ iteration, loss: 1 / iteration });

it("are appended after the checkpoint's number; later and half-written ones are removed", async () => {
  const [straight, stopped] = [memory(), memory()];
  const rows = await openRows(straight, "metrics.jsonl", "iteration", 0);
  for (let i = 1; i <= 6; i++) await rows.append(row(i));
  const before = await openRows(stopped, "metrics.jsonl", "iteration", 0);
  for (let i = 1; i <= 5; i++) await before.append(row(i));
  await stopped.append("metrics.jsonl", '{"iteration":6,"lo');
  const after = await openRows(stopped, "metrics.jsonl", "iteration", 3);
  for (let i = 4; i <= 6; i++) await after.append(row(i));
  expect(await textOf(stopped, "metrics.jsonl")).toBe(await textOf(straight, "metrics.jsonl"));
});

it("are read once each, though a late writer repeated some", async () => {
  const storage = memory();
  for (const i of [1, 2, 3, 2, 3, 4]) await storage.append("metrics.jsonl", `${JSON.stringify(row(i))}\n`);
  expect(await readRows(storage, "metrics.jsonl", "iteration")).toEqual([1, 2, 3, 4].map(row));
});
