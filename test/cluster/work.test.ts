// One job of a plan: claims, failures that are kept, stages, and what status says of them.

import { describe, expect, it } from "vitest";
import { statusOf, work } from "../../src/cluster/index.ts";
import { forgetFailures } from "../../src/cluster/marks.ts";
import type { Plan } from "../../src/cluster/types.ts";
import { DatadamError } from "../../src/errors.ts";
import { memory, type Storage } from "../../src/lab/index.ts";
import { claim } from "../../src/storage/index.ts";
import { readersOf, small } from "../lab/support.ts";
import { FakeClock } from "../storage/clock.ts";
import { labOptions, planned, readersIn, workAll, workerOf } from "./support.ts";

async function three(): Promise<{ storage: Storage; plan: Plan }> {
  const storage = memory("plan");
  return { storage, plan: await planned(storage, small) };
}

describe("a job of a plan", () => {
  it("is done once, by one of two workers", async () => {
    const { storage, plan } = await three();
    const ends = await Promise.all(
      ["a", "b"].map((id) => work(storage, plan, 1, workerOf(storage, { owner: { id }, isAlive: () => true }))),
    );
    // Its heart decides, so that the second waits for a sign; then it leaves the job to the first, or finds it done.
    expect(ends.map(({ end }) => end)).toContain("done");
    expect(await work(storage, plan, 1, workerOf(storage))).toEqual({ end: "already" });
    expect((await statusOf(storage, plan, {})).counts).toMatchObject({ done: 1, waiting: 2 });
  });

  it("is not written any more by a worker that was taken over", async () => {
    const { storage, plan } = await three();
    const stuck = await claim(storage.at("jobs/0000/0000000"), { owner: { id: "stuck" }, clock: new FakeClock() });
    // No beat for the length of the lease: here of six hundredths of a second.
    const quick = { ...plan, lease: 0.06 };
    expect(await work(storage, quick, 0, workerOf(storage))).toEqual({ end: "done" });
    const written = await storage.read("jobs/0000/0000000/synthetic.safetensors");
    await expect(stuck.storage.write("synthetic.safetensors", "old")).rejects.toMatchObject({ code: "CLAIM_LOST" });
    expect(await storage.read("jobs/0000/0000000/synthetic.safetensors")).toEqual(written);
  });

  it("keeps why it failed and how often, until it is done", async () => {
    const { storage, plan } = await three();
    const broken = {
      ...labOptions(storage),
      readers: {
        ...readersOf(),
        dataset: () => Promise.reject(new DatadamError("DATASET_NOT_FOUND", "tiny is not there", { hint: "Look." })),
      },
    };
    for (const _ of [1, 2]) {
      await expect(work(storage, plan, 2, workerOf(storage, broken))).rejects.toThrow("tiny is not there");
    }
    const status = await statusOf(storage, plan, {});
    expect(status.counts).toMatchObject({ failed: 1, waiting: 2 });
    const kept = { index: 2, attempts: 2, code: "DATASET_NOT_FOUND", message: "tiny is not there", hint: "Look." };
    expect(status.failed).toMatchObject([kept]);
    await work(storage, plan, 2, workerOf(storage));
    expect((await statusOf(storage, plan, {})).counts).toMatchObject({ done: 1, failed: 0 });
    await expect(work(storage, plan, 2, workerOf(storage, broken))).resolves.toEqual({ end: "already" });
  });

  it("stops at a signal after a checkpoint, and is gone on with", async () => {
    const { storage, plan } = await three();
    const stop = new AbortController();
    const options = workerOf(storage, {
      signal: stop.signal,
      onEvent: (event) => event.type === "row" && stop.abort(new Error("preempted")),
    });
    await expect(work(storage, plan, 0, options)).rejects.toThrow("preempted");
    expect((await statusOf(storage, plan, {})).counts).toMatchObject({ stopped: 1, failed: 0 });
    const events: string[] = [];
    await work(storage, plan, 0, workerOf(storage, { onEvent: ({ type }) => void events.push(type) }));
    expect(events).toContain("resumed");
  });

  it("waits for the stage before, and is not begun where that failed", async () => {
    const storage = memory("plan");
    const { networks: _, ...method } = { ...small.method, networks: 0 };
    const recipe = { ...small, method, bank: { networks: 1, epochs: 1, draws: 1, images: 4 } };
    const plan = await planned(storage, recipe as never);
    expect(plan.stages.map(({ name, count }) => [name, count])).toEqual([
      ["bank", 1],
      ["distilling", 3],
    ]);
    expect(await work(storage, plan, 2, workerOf(storage))).toEqual({ end: "early", needs: 0 });
    const broken = { ...readersIn(storage), dataset: () => Promise.reject(new Error("gone")) };
    await expect(work(storage, plan, 0, workerOf(storage, { readers: broken }))).rejects.toThrow("gone");
    await expect(work(storage, plan, 2, workerOf(storage))).rejects.toThrow("job 2 needs job 0, which failed: gone");
    expect((await statusOf(storage, plan, {})).counts).toMatchObject({ failed: 1, waiting: 3 });
    await forgetFailures(storage, plan);
    expect((await statusOf(storage, plan, {})).counts).toMatchObject({ failed: 0 });
  });

  it("is running or lost by what is known of its owner and its heart", async () => {
    const { storage, plan } = await three();
    for (const index of [0, 1, 2]) {
      await claim(storage.at(`jobs/0000/000000${index}`), {
        owner: { id: `${index}`, host: `node${index}`, pid: 7 },
        clock: new FakeClock(),
      });
    }
    const isAlive = ({ id }: { id: string }): boolean | undefined => ({ 0: true, 1: false })[id];
    const age = async ({ name }: Storage): Promise<number> => (name.endsWith("2") ? 31 : 1);
    const { counts, running, lost } = await statusOf(storage, plan, { isAlive, age });
    expect(counts).toMatchObject({ running: 1, lost: 2 });
    expect(running).toEqual([{ index: 0, owner: "process 7 on node0" }]);
    expect(lost.map(({ index }) => index)).toEqual([1, 2]);
    await workAll(storage, { ...plan, lease: 0.06 });
    expect((await statusOf(storage, plan, { isAlive, age })).counts).toMatchObject({ done: 3 });
  });
});
