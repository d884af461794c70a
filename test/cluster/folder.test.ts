// A plan as a folder: lines that are found by number, what is refused.

import { describe, expect, it } from "vitest";
import { readJob } from "../../src/cluster/folder.ts";
import { readPlan, writePlan } from "../../src/cluster/index.ts";
import type { PlannedJob } from "../../src/cluster/types.ts";
import { memory } from "../../src/lab/index.ts";
import { small } from "../lab/support.ts";
import { planOf } from "./support.ts";

/** Jobs whose lines have other lengths, one of them longer than what is read at once. */
function* lines(count: number): Generator<PlannedJob> {
  for (let index = 0; index < count; index++) {
    const title = "x".repeat(index === 57 ? 70_000 : (index * 7919) % 97);
    yield { index, stage: 0, title, needs: null, job: small };
  }
}

describe("a plan in a folder", () => {
  it.each([1, 2, 3, 200])("has %d lines, each found by its number", async (count) => {
    const storage = memory();
    const plan = await writePlan(storage, { plan: planOf(count), jobs: lines(count) });
    const found: PlannedJob[] = [];
    for (let index = 0; index < count; index++) found.push(await readJob(storage, plan, index));
    expect(found).toEqual([...lines(count)]);
    await expect(readJob(storage, plan, count)).rejects.toThrow(/no job/);
  });

  it("is not read where it is damaged, and not found where there is none", async () => {
    const storage = memory("here");
    await expect(readPlan(storage)).rejects.toThrow(/^No plan in here/);
    const plan = await writePlan(storage, { plan: planOf(3), jobs: lines(3) });
    await storage.write("jobs.jsonl", "{}\n".repeat(40));
    await expect(readJob(storage, { ...plan, bytes: 120 }, 1)).rejects.toThrow("here/jobs.jsonl is damaged");
    await storage.write("plan.json", "{}");
    await expect(readPlan(storage)).rejects.toThrow(/does not hold a plan/);
  });

  it("is kept where it is planned again, and not written over by another", async () => {
    const storage = memory("here");
    const first = await writePlan(storage, { plan: planOf(3), jobs: lines(3) });
    const created = "2030-01-01T00:00:00.000Z";
    expect(await writePlan(storage, { plan: { ...planOf(3), created }, jobs: lines(3) })).toEqual(first);
    await expect(writePlan(storage, { plan: planOf(4), jobs: lines(4) })).rejects.toThrow(/already holds another plan/);
    const taken = memory("taken");
    await taken.write("notes.txt", "mine");
    await expect(writePlan(taken, { plan: planOf(1), jobs: lines(1) })).rejects.toThrow(/something else: notes.txt/);
  });
});
