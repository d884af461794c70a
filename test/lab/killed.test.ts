// Killed at any write: the same job again ends as if nothing had happened.

import { expect, it } from "vitest";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { type JobValue, type LabOptions, memory, type Storage } from "../../src/lab/index.ts";
import { mergeRuns } from "../../src/lab/merge.ts";
import { protocols } from "../../src/train/index.ts";
import { contentOf, type Life, mortal, still } from "./mortal.ts";
import { drive, readersOf, small, smallWith } from "./support.ts";

const protocol = { ...protocols.quick, name: "short", epochs: 2 };
const execution = { workers: 1 };
const data = { dataset: "tiny" };
const settings = { preset: "quick", ipc: 1, width: 8 };

interface Work {
  /** Writes into `folder`, or goes on with it. */
  run(folder: Storage, options: Partial<LabOptions>): Promise<unknown>;
  /** What lies around it, made before. */
  readonly around?: Readonly<Record<string, Storage>>;
}

async function run(name: string, job: JobValue): Promise<Storage> {
  const storage = memory(name);
  await drive(job, storage, { clock: still });
  return storage;
}

const works: Readonly<Record<string, () => Promise<Work>>> = {
  distill: async () => ({
    run: (folder, options) => drive(smallWith({ iterations: 2 }), folder, { ...options, checkpoint: { steps: 1 } }),
  }),
  bank: async () => ({
    run: (folder, options) =>
      drive({ kind: "bank", data, method: { preset: "quick", width: 8, networks: 1, batchReal: 4 }, epochs: 1, snapshots: [0, 1], protocol: { batch: 16 }, execution } as never, folder, { ...options, checkpoint: { steps: 1 } }), // biome-ignore format: short
  }),
  "distill with a bank of its own": async () => ({
    run: (folder, options) =>
      drive({ ...smallWith({ preset: "plus", iterations: 1, batchReal: undefined, init: "noise" }), bank: { networks: 1, epochs: 1, draws: 1, images: 4 } } as never, folder, { ...options, checkpoint: { steps: 1 } }), // biome-ignore format: short
  }),
  select: async () => ({
    run: (folder, options) =>
      drive({ kind: "select", data, method: { name: "k-means", ...settings }, features: "pixels", execution } as never, folder, options), // biome-ignore format: short
  }),
  train: async () => ({
    run: (folder, options) =>
      drive({ kind: "train", data, network: { width: 8 }, protocol: { name: "whole", epochs: 1, batch: 10 }, execution } as never, folder, { ...options, checkpoint: { steps: 1 } }), // biome-ignore format: short
  }),
  data: async () => ({
    run: (folder, options) => drive({ kind: "data", data, preview: {} } as never, folder, options),
  }),
  evaluate: async () => {
    const around = { "runs/a": await run("runs/a", small) };
    return {
      around,
      run: (folder, options) => {
        const readers = readersOf({ "runs/a": options.readers!.storage("runs/a") });
        return drive({ kind: "evaluate", set: "runs/a", networks: 2, protocol, execution } as never, folder, { ...options, readers }); // biome-ignore format: short
      },
    };
  },
  classifier: async () => {
    const around = { "runs/a": await run("runs/a", small) };
    return {
      around,
      run: (folder, options) => {
        const readers = readersOf({ "runs/a": options.readers!.storage("runs/a") });
        return drive({ kind: "classifier", set: "runs/a", protocol, execution } as never, folder, { ...options, readers, checkpoint: { steps: 1 } }); // biome-ignore format: short
      },
    };
  },
  merge: async () => {
    const shards = [
      await run("a", { ...smallWith({ iterations: 3 }), classes: [0, 2] } as never),
      await run("b", { ...smallWith({ iterations: 3 }), classes: [1] } as never),
    ];
    const owner = { id: "merger" };
    return { run: (folder) => mergeRuns(shards, folder, { owner, isAlive: () => false }) };
  },
  "merge of selections": async () => {
    const part = (classes: number[]): JobValue =>
      ({
        kind: "select",
        data,
        method: { name: "herding", ...settings },
        features: "pixels",
        classes,
        execution,
      }) as never;
    const shards = [await run("a", part([0, 2])), await run("b", part([1]))];
    const owner = { id: "merger" };
    return { run: (folder) => mergeRuns(shards, folder, { owner, isAlive: () => false }) };
  },
};

it.each(Object.keys(works))(
  "%s, killed at each write, ends by the same job as if nothing had happened",
  async (name) => {
    const work = await works[name]!();
    const engine: Engine = await createEngine({ workers: 1 });
    /** Runs it with a fresh copy of what lies around, dying after so many writes, and then again. */
    const attempt = async (left: number): Promise<{ content: unknown; writes: number }> => {
      const life: Life = { left, done: 0 };
      const folder = memory("folder");
      const around = Object.fromEntries(
        await Promise.all(
          Object.entries(work.around ?? {}).map(async ([at, from]) => [at, await copyOf(from)] as const),
        ),
      );
      const begin = (within: Life): Promise<unknown> =>
        work.run(mortal(folder, within), {
          engine,
          clock: still,
          isAlive: () => false,
          readers: { ...readersOf(), storage: (path) => mortal(around[path] ?? memory(path), within) },
        });
      if (left < Number.POSITIVE_INFINITY) {
        await expect(begin(life)).rejects.toThrow();
        await begin({ left: Number.POSITIVE_INFINITY, done: 0 });
      } else await begin(life);
      const all = await Promise.all([folder, ...Object.values(around)].map((storage) => contentOf(storage)));
      return { content: all, writes: life.done };
    };
    try {
      const { content, writes } = await attempt(Number.POSITIVE_INFINITY);
      expect(writes).toBeGreaterThan(5);
      // The last ones release the claim: the job is at its end.
      for (let left = 0; left < writes - 2; left++) {
        expect((await attempt(left)).content, `killed after ${left} of ${writes} writes`).toEqual(content);
      }
    } finally {
      await engine.close();
    }
  },
  120_000,
);

async function copyOf(from: Storage, to: Storage = memory(from.name)): Promise<Storage> {
  for (const name of await from.list()) {
    if (name.endsWith("/")) await copyOf(from.at(name.slice(0, -1)), to.at(name.slice(0, -1)));
    else await to.write(name, (await from.read(name))!);
  }
  return to;
}
