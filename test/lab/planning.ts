// What tests of plans share: phases by name, files and their bytes, a clock that only work moves.

import { expect, vi } from "vitest";
import { createEngine } from "../../src/engine/index.ts";
import type { Engine, Program } from "../../src/engine/types.ts";
import { type JobValue, lab, memory, type Plan, type PlanPhase, type Storage } from "../../src/lab/index.ts";
import { drive, readersOf, small } from "./support.ts";

export function phase({ phases }: Plan, name: string): PlanPhase {
  return phases.find((other) => other.name === name) ?? expect.fail(phases.map((other) => other.name).join());
}

/** What there is to do of each phase. */
export function counts({ phases }: Plan): Record<string, string> {
  return Object.fromEntries(phases.map(({ name, count, unit }) => [name, `${count} ${unit}`]));
}

/** Every file with its bytes. */
export async function filesOf(storage: Storage, folder?: string): Promise<Map<string, number>> {
  const files = new Map<string, number>();
  for (const name of await storage.list(folder)) {
    const path = folder === undefined ? name : `${folder}/${name}`;
    if (name.endsWith("/")) for (const one of await filesOf(storage, path.slice(0, -1))) files.set(...one);
    else files.set(path, (await storage.size(path))!);
  }
  return files;
}

/** Bytes of those whose path fits. */
export async function bytesOf(storage: Storage, pattern: RegExp): Promise<number> {
  const files = [...(await filesOf(storage))].filter(([path]) => pattern.test(path));
  return files.reduce((total, [, size]) => total + size, 0);
}

/**
 * An engine of one worker by whose work alone the clock goes on: by the operations of each run, and where a network is
 * met that was not among the last two, by what compiling takes.
 */
export function timed(engine: Engine): { readonly engine: Engine; readonly now: () => number } {
  let time = 0;
  let queue: Promise<unknown> = Promise.resolve();
  const compiled = new Map<string, Set<string>>();
  const later = <T>(program: Program, id: string, runs: number, work: () => Promise<T>): Promise<T> => {
    const turn = queue.then(async () => {
      const result = await work();
      const programs = compiled.get(id) ?? new Set();
      if (!programs.has(program.id)) time += 15;
      compiled.set(id, programs.add(program.id));
      const networks = [...compiled.keys()].filter((other) => other !== "");
      if (networks.length > 2) compiled.delete(networks[0]!);
      time += runs * (1 + program.flops / 1e6);
      return result;
    });
    queue = turn.catch(() => undefined);
    return turn;
  };
  return {
    now: () => time,
    engine: {
      ...{ device: engine.device, workers: 1, microBatch: engine.microBatch, forwardBatch: engine.forwardBatch },
      run: (program, feeds, binding) =>
        later(program as never, binding?.id ?? "", 1, () => engine.run(program, feeds, binding)),
      sum: (program, common, batches, binding) =>
        later(program, binding?.id ?? "", batches.length, () => engine.sum(program, common, batches, binding)),
      gradients: (task) => later(task.program, "", task.runs.length, () => engine.gradients(task)),
      descend: (task) => engine.descend(task),
      close: async () => {},
    },
  };
}

/** Plans jobs and does them, by a clock that only their work moves: a plan has to lie within these shares of it. */
export async function expectAsTaken(
  jobs: readonly JobValue[],
  [least, most]: readonly [number, number],
): Promise<void> {
  const real = await createEngine({ workers: 1 });
  const { engine, now } = timed(real);
  vi.spyOn(performance, "now").mockImplementation(now);
  try {
    const run = memory();
    await drive(small, run, { engine });
    const readers = readersOf({ run });
    for (const job of jobs) {
      const { total, phases } = await lab.plan(job, { engine, readers });
      const began = now();
      await drive(job, memory(), { engine, readers });
      const seconds = (now() - began) / 1000;
      const said = JSON.stringify({ job, seconds, phases });
      expect(total.seconds, said).toBeGreaterThan(least * seconds);
      expect(total.seconds, said).toBeLessThan(most * seconds);
    }
  } finally {
    vi.restoreAllMocks();
    await real.close();
  }
}
