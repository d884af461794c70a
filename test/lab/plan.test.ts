// Plans of jobs, in memory: what is left to do, what it will take, and that nothing is left behind.

import { describe, expect, it, vi } from "vitest";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import {
  type JobValue,
  type LabOptions,
  lab,
  memory,
  type Plan,
  type PlanOptions,
  type Storage,
} from "../../src/lab/index.ts";
import { parseProtocol } from "../../src/train/index.ts";
import { bytesOf, counts, expectAsTaken, filesOf, phase, timed } from "./planning.ts";
import { drive, readersOf, small, smallWith } from "./support.ts";

const bank = (more: Readonly<Record<string, unknown>> = {}, method: Readonly<Record<string, unknown>> = {}): JobValue =>
  ({
    kind: "bank",
    data: { dataset: "tiny" },
    method: { preset: "quick", width: 8, batchReal: 4, networks: 3, draws: 2, ...method },
    execution: { workers: 1 },
    ...more,
  }) as never;
const training: JobValue = {
  kind: "train",
  data: { dataset: "tiny" },
  network: { width: 4 },
  protocol: { epochs: 3, batch: 8 },
  execution: { workers: 1 },
} as never;
const evaluation = (more: Readonly<Record<string, unknown>> = {}): JobValue =>
  ({
    kind: "evaluate",
    set: "run",
    networks: 3,
    protocol: { ...parseProtocol("quick"), epochs: 4 },
    network: { width: 4 },
    execution: { workers: 2 },
    ...more,
  }) as never;

function planned(job: JobValue, options: Partial<PlanOptions> = {}): Promise<Plan> {
  return lab.plan(job, { engine: createEngine, readers: readersOf(), ...options });
}

async function made(job: JobValue, options: Partial<LabOptions> = {}, storage: Storage = memory()): Promise<Storage> {
  await drive(job, storage, options);
  return storage;
}

describe("the plan of a job", () => {
  it("is plain JSON: job, machine, phases, total, notes", async () => {
    const storage = memory();
    let watched = 0;
    const watchMemory = () => () => 1000 + watched++;
    const environment = { machine: { cpu: "one of the tests" } };
    const plan = await planned(small, { storage, watchMemory, environment, checkpoint: { steps: 4 } });
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    expect(plan.job).toEqual(lab.job(small));
    expect(plan.machine).toEqual({ cpu: "one of the tests", device: "cpu", workers: 1 });
    expect(counts(plan)).toEqual({
      loading: "42 image",
      "initial images": "3 image",
      distilling: "6 iteration",
      checkpoints: "2 file",
      "the set": "3 image",
    });
    const sum = (key: "seconds" | "disk"): number => plan.phases.reduce((total, one) => total + one[key], 0);
    expect(plan.total).toEqual({ seconds: sum("seconds"), memory: 1000 + watched - 1, disk: sum("disk") });
    expect(phase(plan, "distilling").seconds).toBeGreaterThan(0);
    expect(await storage.list()).toEqual([]);
    expect((await planned(small)).total.memory).toBeNull();
  });

  it("has the bytes that a distillation then writes", async () => {
    for (const method of [{}, { zca: true, averaging: 0 }, { networks: 2 }]) {
      const checkpoint = { steps: 2 };
      const plan = await planned(smallWith(method), { checkpoint });
      const run = await made(smallWith(method), { checkpoint });
      expect(phase(plan, "checkpoints")).toMatchObject({ count: 3, disk: await bytesOf(run, /^checkpoints/) });
      expect(phase(plan, "the set").disk).toBe(await bytesOf(run, /^synthetic/));
      const whitening = plan.phases.filter(({ name }) => name === "whitening").map(({ disk }) => disk);
      expect(whitening).toEqual("zca" in method ? [await bytesOf(run, /^preprocessing/)] : []);
    }
  });

  it("has the bytes that a bank then writes, and counts only what is missing", async () => {
    const wanted = { epochs: 2, snapshots: [0, 1, 2], protocol: { batch: 8 } };
    const job = bank(wanted, { zca: true, networks: 11, draws: 1 });
    const plan = await planned(job);
    const storage = await made(job);
    expect(counts(plan)).toMatchObject({ training: `${11 * 2 * 4} step`, statistics: `${33 * 3} pass` });
    expect(phase(plan, "training").disk).toBe(await bytesOf(storage, /^networks/));
    expect(phase(plan, "statistics").disk).toBe(await bytesOf(storage, /^statistics.*\/n\d/));
    expect(phase(plan, "whitening").disk).toBe(await bytesOf(storage, /^preprocessing/));
    await storage.remove("networks/0002-epoch-1.safetensors");
    const before = await filesOf(storage);
    const more = await planned(bank(wanted, { zca: true, networks: 12, draws: 1 }), { storage });
    expect(counts(more)).toMatchObject({ training: `${2 * 2 * 4} step`, statistics: "9 pass" });
    expect(await filesOf(storage)).toEqual(before);
  });

  it("tells first visits to networks from later ones, with a bank and without", async () => {
    const bytes = { networks: 3, draws: 2, iterations: 20 };
    expect(counts(await planned(smallWith(bytes)))).toMatchObject({
      "distilling, first visits": "6 iteration",
      "distilling, later visits": "14 iteration",
    });
    const readers = readersOf({ bank: await made(bank()) });
    const noise = { ...smallWith({ iterations: 4, init: "noise" }), data: undefined, bank: "bank" } as never;
    expect(counts(await planned(noise, { readers }))).toEqual({
      "initial images": "3 image",
      "distilling, first visits": "4 iteration",
      "distilling, later visits": "0 iteration",
      checkpoints: "1 file",
      "the set": "3 image",
    });
  });

  it("says of batch norm that its classes stay together", async () => {
    const plan = await planned(bank({}, { norm: "batch" }));
    expect(counts(plan).statistics).toBe("6 pass");
    expect(plan.notes.join()).toContain("they cannot be shared out");
    expect((await planned(bank())).notes.join()).not.toContain("shared out");
  });

  it("counts the networks of an evaluation, and not those that were tested before", async () => {
    const run = await made(small);
    const before = await filesOf(run);
    const readers = readersOf({ run });
    expect(counts(await planned(evaluation(), { readers }))).toEqual({
      loading: "42 image",
      "training on distilled": "12 epoch",
      "testing distilled": "36 image",
      "training on random": "12 epoch",
      "testing random": "36 image",
    });
    expect(await filesOf(run)).toEqual(before);
    const storage = memory();
    await storage.write(
      "journal.jsonl",
      ['{"claim":1,"key":"0/distilled/0","value":50}', '{"claim":1,"key":"0/random","value":{}}', ""].join("\n"),
    );
    const whole = { networks: 2, protocol: { ...parseProtocol("quick"), epochs: 2, batch: 5 } };
    expect(counts(await planned(evaluation({ whole }), { readers, storage }))).toMatchObject({
      "training on distilled": "8 epoch",
      "training on random": "0 epoch",
      "testing random": "0 image",
      "training on whole": "4 epoch",
    });
  });

  it("plans a training: its steps, its test, its files", async () => {
    const checkpoint = { steps: 5 };
    const plan = await planned(training, { checkpoint });
    const run = await made(training, { checkpoint });
    expect(counts(plan)).toEqual({
      loading: "42 image",
      training: "12 step",
      testing: "12 image",
      checkpoints: "2 file",
      parameters: "1 file",
    });
    expect(phase(plan, "parameters").disk).toBe(await bytesOf(run, /^parameters/));
    expect(Math.abs(phase(plan, "checkpoints").disk - (await bytesOf(run, /^checkpoints/)))).toBeLessThan(200);
  });

  it("counts what is left of a run that was stopped, and nothing of one that is finished", async () => {
    const storage = memory();
    const controller = new AbortController();
    const options = { engine: createEngine, readers: readersOf(), signal: controller.signal };
    await expect(
      (async () => {
        for await (const event of lab.run(small, storage, options)) {
          if (event.type === "row" && event.row.iteration === 2) controller.abort(new Error("enough"));
        }
      })(),
    ).resolves.toBeUndefined();
    const left = Number(counts(await planned(small, { storage })).distilling!.split(" ")[0]);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(5);
    await made(small, {}, storage);
    const finished = await planned(small, { storage });
    expect(finished).toMatchObject({ phases: [], total: { seconds: 0, memory: null, disk: 0 } });
    expect(finished.notes.join()).toContain("finished");
    expect(phase(await planned(smallWith({ iterations: 9 }), { storage }), "distilling").count).toBe(3);
    await expect(planned(smallWith({ ipc: 2 }), { storage })).rejects.toThrow("another job: it differs in method.ipc");
  });

  it("takes what the job then takes, by a clock that only its work moves", async () => {
    const jobs: JobValue[] = [
      smallWith({ iterations: 130 }),
      smallWith({ iterations: 3, init: "k-means" }),
      smallWith({ iterations: 260, networks: 5 }),
      smallWith({ iterations: 3, ipc: 6, name: "dc", preset: "dc", innerLoops: 6 }),
      bank({}, { networks: 90, draws: 1 }),
      bank({ epochs: 20, snapshots: "last", protocol: { batch: 8 } }, { networks: 3 }),
      { ...training, protocol: { epochs: 40, batch: 8 } } as never,
      evaluation({ protocol: { ...parseProtocol("quick"), epochs: 130 }, execution: { workers: 1 } }),
    ];
    await expectAsTaken(jobs, [0.9, 1.1]);
  }, 240_000);

  it("trains networks beside each other in rounds, the last of which may be smaller", async () => {
    const real = await createEngine({ workers: 1 });
    const { engine, now } = timed(real);
    vi.spyOn(performance, "now").mockImplementation(now);
    try {
      // Work is done one by one here, so that two side by side take twice as long.
      const two = { ...engine, workers: 2 };
      const readers = readersOf({ run: await made(small, { engine }) });
      const seconds = async (networks: number): Promise<number> => {
        const protocol = { ...parseProtocol("quick"), epochs: 60 };
        const plan = await planned(evaluation({ networks, protocol, random: false }), { engine: two, readers });
        return phase(plan, "training on distilled").seconds;
      };
      await seconds(1); // compiles
      const [one, three] = [await seconds(1), await seconds(3)];
      expect(three / one).toBeGreaterThan(2.7);
      expect(three / one).toBeLessThan(3.3);
    } finally {
      vi.restoreAllMocks();
      await real.close();
    }
  });

  it("adds to the memory that was measured what is known to come", async () => {
    const watchMemory = () => () => 5000;
    const memories = async (method: Readonly<Record<string, unknown>>): Promise<Record<string, number | null>> => {
      const { phases } = await planned(smallWith(method), { watchMemory });
      return Object.fromEntries(phases.map(({ name, memory: most }) => [name, most]));
    };
    const whitened = 4 * 30 * 64;
    const matrices = 2 * 4 * 64 * 64;
    expect(await memories({ zca: true })).toMatchObject({
      loading: 5000,
      "fitting the whitening": 5000,
      whitening: 5000 + matrices + whitened,
      distilling: 5000 + matrices + whitened,
    });
    const kept = await memories({ networks: 3, iterations: 8 });
    expect(kept["distilling, first visits"]).toBe(5000);
    const later = kept["distilling, later visits"]! - 5000;
    const more = (await memories({ networks: 6, iterations: 8 }))["distilling, later visits"]! - 5000;
    expect(later).toBeGreaterThan(3 * 4 * 8 * 9);
    expect(more).toBe(2 * later);
  });

  it("projects choosing the initial images from some of the classes", async () => {
    const real = await createEngine({ workers: 1 });
    let time = 0;
    vi.spyOn(performance, "now").mockImplementation(() => time);
    const engine: Engine = {
      ...{ device: real.device, workers: 1, microBatch: real.microBatch, forwardBatch: real.forwardBatch },
      run(program, feeds, binding) {
        if (program.name === "features") time += 20_000;
        return real.run(program, feeds, binding);
      },
      sum: (program, common, batches, binding) => real.sum(program, common, batches, binding),
      gradients: (task) => real.gradients(task),
      descend: (task) => real.descend(task),
      close: async () => {},
    };
    const options = { engine: () => Promise.resolve(engine) };
    try {
      const job = smallWith({ init: "k-means", iterations: 1 });
      const plan = await planned(job, options);
      const spent = time;
      await made(job, options);
      const taken = time - spent;
      expect(taken).toBeGreaterThan(60_000);
      expect(spent).toBeLessThan(taken);
      expect(1000 * phase(plan, "initial images").seconds).toBe(taken);
    } finally {
      vi.restoreAllMocks();
      await real.close();
    }
  });

  it("adds the weights that the engine will keep of networks that were not visited to measure", async () => {
    const real = await createEngine({ workers: 1 });
    let time = 0;
    vi.spyOn(performance, "now").mockImplementation(() => time);
    /** Plans with an engine whose runs take seconds, and which says that it keeps 1000 bytes of each network. */
    const later = async (most: number) => {
      const met = new Set<string>();
      const engine: Engine = {
        ...{ device: real.device, workers: 1, microBatch: real.microBatch, forwardBatch: real.forwardBatch },
        async run(program, feeds, binding) {
          time += 1500;
          if (binding !== undefined) met.add(binding.id);
          return real.run(program, feeds, binding);
        },
        sum: (program, common, batches, binding) => real.sum(program, common, batches, binding),
        gradients: (task) => real.gradients(task),
        descend: (task) => real.descend(task),
        bindingStatistics: () => ({ hits: 0, misses: 0, kept: met.size, bytes: 1000 * met.size, most }),
        close: async () => {},
      };
      const watchMemory = () => () => 5000;
      const job = smallWith({ networks: 100, iterations: 300, ipc: 1 });
      const plan = await planned(job, { watchMemory, engine: () => Promise.resolve(engine) });
      return { bytes: phase(plan, "distilling, later visits").memory!, met: met.size };
    };
    try {
      const none = await later(0);
      expect(none.met).toBeLessThan(50);
      const room = await later(2 ** 31);
      const few = await later(1000 * 60);
      const network = (room.bytes - none.bytes) / (100 - room.met);
      // Its values are some kilobytes here.
      expect(network).toBeGreaterThan(1000);
      expect((few.bytes - none.bytes) / (60 - few.met) / network).toBeCloseTo(1, 1);
    } finally {
      vi.restoreAllMocks();
      await real.close();
    }
  });

  it("stops at a signal, and leaves nothing", async () => {
    const reason = new Error("enough");
    for (const name of ["measuring: loading", "measuring: whitening", "measuring: distilling"]) {
      const storage = memory();
      const controller = new AbortController();
      const options = { engine: createEngine, readers: readersOf(), storage, signal: controller.signal };
      const note = (message: string): void => {
        if (message === name) controller.abort(reason);
      };
      await expect(lab.plan(smallWith({ zca: true }), options, { note })).rejects.toBe(reason);
      expect(await storage.list()).toEqual([]);
    }
  });

  it("is refused for kinds that have none, by name", async () => {
    const wanted = { kind: "bench", methods: ["dm"], ipc: [1] } as never;
    await expect(planned(wanted)).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: "a job of the kind bench has no plan",
      hint: expect.stringMatching(/^Kinds that have one: .*bank, .*distill, .*evaluate, .*table, .*train\.$/) as string,
    });
  });
});
