// What the jobs of a plan need: of jobs that are alike one is measured, others for themselves.

import { describe, expect, it } from "vitest";
import { readJob } from "../../src/cluster/folder.ts";
import { countOf } from "../../src/cluster/index.ts";
import type { Needs } from "../../src/cluster/types.ts";
import { type JobValue, memory, type Storage } from "../../src/lab/index.ts";
import { protocols } from "../../src/train/index.ts";
import { drive, small } from "../lab/support.ts";
import { labOptions, planned } from "./support.ts";

const table = {
  ...{ kind: "table", dataset: "tiny", networks: 1, epochs: 2, seeds: [0, 1], config: { width: 4, batchReal: 2 } },
  columns: [{ name: "IPC 1", ipc: 1 }],
  rows: [
    { name: "Random", select: "random" },
    { name: "DM", distill: "dm", config: { iterations: 300 } },
  ],
  execution: { workers: 1 },
} as unknown as JobValue;

/** Plans a job and measures it, with a run that it may name. */
async function needsOf(job: JobValue, vary?: Readonly<Record<string, readonly unknown[]>>, run?: Storage) {
  const storage = memory("plan");
  let loadings = 0;
  const lab = labOptions(storage);
  const readers: typeof lab.readers = {
    ...lab.readers,
    storage: (path) => (path === "run" && run !== undefined ? run : lab.readers.storage(path)),
    dataset(...asked) {
      loadings++;
      return lab.readers.dataset(...asked);
    },
  };
  const options = { measured: true, pieces: 10, ...(vary && { vary }) };
  const plan = await planned(storage, job, options, { ...lab, readers });
  const jobs: (Needs | null)[] = [];
  for (let index = 0; index < countOf(plan); index++) jobs.push((await readJob(storage, plan, index)).needs);
  return { plan, jobs, loadings, stage: plan.stages[0]!.needs };
}

const seconds = (needs: Needs | null): number => needs!.seconds;

describe("what the jobs of a plan need", () => {
  it("is that of each cell of a table, and the same for its seeds", async () => {
    const { plan, jobs, stage } = await needsOf(table);
    expect(jobs).toHaveLength(4);
    expect(jobs[1]).toEqual(jobs[0]);
    expect(jobs[3]).toEqual(jobs[2]);
    expect(seconds(jobs[2]!)).toBeGreaterThan(seconds(jobs[0]!));
    expect(stage).toMatchObject({ seconds: seconds(jobs[2]!), disk: Math.max(...jobs.map((one) => one!.disk)) });
    expect(plan.notes.join(" ")).not.toContain("not measured");
  });

  it("is measured once for points of a sweep that differ by their seed alone", async () => {
    const { jobs, loadings } = await needsOf(small, { seed: [1, 2, 3, 4] });
    expect(loadings).toBe(1);
    expect(new Set(jobs.map((one) => JSON.stringify(one))).size).toBe(1);
  });

  it("is measured for each other value, and of very many for some", async () => {
    const few = await needsOf(small, { "method.iterations": [3, 3000] });
    expect(seconds(few.jobs[1]!)).toBeGreaterThan(2 * seconds(few.jobs[0]!));
    expect(seconds(few.stage)).toBe(seconds(few.jobs[1]!));
    const iterations = Array.from({ length: 30 }, (_, i) => 2 + 100 * i);
    const many = await needsOf(small, { "method.iterations": iterations });
    expect(many.loadings).toBe(10);
    expect(many.plan.notes.join(" ")).toContain("10 of 30 kinds of jobs were measured");
    expect(many.jobs[1]).toEqual(many.stage);
    expect(many.jobs[0]).not.toEqual(many.stage);
  });

  it("is measured of the job that has the row of all images apart from the others", async () => {
    const run = memory("run");
    await drive(small, run);
    const protocol = { ...protocols.quick, epochs: 2 };
    const whole = { networks: 1, protocol: { ...protocol, epochs: 4000, batch: 8 } };
    const job = { kind: "evaluate", set: "run", networks: 3, protocol, whole, random: false, network: { width: 4 } };
    const { jobs } = await needsOf({ ...job, execution: { workers: 1 } } as never, undefined, run);
    expect(jobs[2]).toEqual(jobs[1]);
    expect(seconds(jobs[0]!)).toBeGreaterThan(2 * seconds(jobs[1]!));
  });
});
