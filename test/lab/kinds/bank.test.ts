// Banks as jobs, in memory: made, resumed, sharded, merged, damaged, and distilled from.

import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createEngine } from "../../../src/engine/index.ts";
import { decodeSafetensors } from "../../../src/formats/index.ts";
import { downsample, prepare } from "../../../src/images/index.ts";
import { bankInfo } from "../../../src/lab/bank/info.ts";
import { mergeBanks } from "../../../src/lab/bank/merge.ts";
import type { ResultEntry } from "../../../src/lab/folder/results.ts";
import {
  type DataOptions,
  type EvaluateResult,
  type JobValue,
  job,
  loaded,
  memory,
  plan,
  type Readers,
  readFinished,
  run,
  type Storage,
} from "../../../src/lab/index.ts";
import { convnet, loadParameters } from "../../../src/nn/index.ts";
import { Key } from "../../../src/random/index.ts";
import { selectIndices } from "../../../src/select/index.ts";
import { protocols } from "../../../src/train/index.ts";
import { drive, readersOf, small, smallWith, tiny, types } from "../support.ts";

const sides = { width: 8, batchReal: 4 } as const;
const bank = (more: Readonly<Record<string, unknown>> = {}, method: Readonly<Record<string, unknown>> = {}): JobValue =>
  ({
    kind: "bank",
    data: { dataset: "tiny" },
    method: { preset: "quick", ...sides, networks: 3, draws: 2, ...method },
    execution: { workers: 1 },
    ...more,
  }) as never;
const from = (path: string, method: Readonly<Record<string, unknown>> = {}): JobValue =>
  ({ ...smallWith(method), data: undefined, bank: path }) as never;

/** Every file that a bank's result consists of. */
async function filesOf(storage: Storage, folder?: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const name of await storage.list(folder)) {
    const path = folder === undefined ? name : `${folder}/${name}`;
    if (name.endsWith("/")) Object.assign(files, await filesOf(storage, path.slice(0, -1)));
    else if (/^(statistics|networks)\/|^preprocessing/.test(path)) {
      files[path] = createHash("sha256")
        .update((await storage.read(path))!)
        .digest("hex");
    }
  }
  return files;
}

/** Runs a job until a step of its training for which `where` holds, and stops it there. */
async function stoppedWhere(
  job: JobValue,
  storage: Storage,
  where: (step: { done: number; total: number }) => boolean,
): Promise<void> {
  const stop = new AbortController();
  const { signal } = stop;
  for await (const event of run(job, storage, { engine: createEngine, readers: readersOf(), signal })) {
    if (event.type === "progress" && event.stage === "training" && where(event)) stop.abort();
  }
  expect(signal.aborted).toBe(true);
}

async function made(job: JobValue, options: Parameters<typeof drive>[2] = {}): Promise<Storage> {
  const storage = memory();
  await drive(job, storage, options);
  return storage;
}

async function images(storage: Storage): Promise<Float32Array> {
  return decodeSafetensors((await storage.read("synthetic.safetensors"))!).tensors.images!.data as Float32Array;
}

/** Readers that know no data set at all. */
function without(storages: Readonly<Record<string, Storage>>): Readers {
  return {
    ...readersOf(storages),
    dataset: async () => {
      throw new Error("the data set was read");
    },
  };
}

describe("a job that makes a bank", () => {
  it("fills in its settings, and refuses what cannot be kept", () => {
    expect(job({ kind: "bank" })).toMatchObject({
      method: { networks: 64, draws: 1, sampling: "even" },
      epochs: 0,
      precision: "float32",
    });
    expect(job({ kind: "bank", epochs: 3 })).toMatchObject({ method: { networks: 4 } });
    expect(job(job(bank()))).toEqual(job(bank()));
    expect(() => job({ kind: "bank", method: { preset: "dc" } })).toThrow("method dc does not match class means");
    expect(() => job({ kind: "bank", method: { norm: "batch" }, classes: [0] })).toThrow("one batch of all classes");
    expect(() => job({ kind: "bank", epochs: 2, snapshots: [3] })).toThrow("epoch 3 is beyond the 2 of training");
    expect(() => job({ kind: "bank", protocol: { epochs: 30 } })).toThrow("networks are trained for `epochs`, 0");
    expect(job({ kind: "bank", epochs: 30, protocol: { epochs: 30 } })).toMatchObject({ epochs: 30 });
  });

  it("holding the networks, batches and draws of a run without one, gives the bytes of that run", async () => {
    for (const method of [{}, { method: "dm" }, { norm: "batch" }, { zca: true }, { factor: 2, ipc: 2 }]) {
      const { method: name, ...settings } = method as { method?: string };
      const all = { ...settings, ...(name && { name }) };
      const fresh = await made(smallWith(all));
      const kept = await made(bank({}, { ...all, networks: 6, draws: 1, sampling: "independent" }));
      const distilled = await made(from("bank", all), { readers: readersOf({ bank: kept }) });
      expect(await images(distilled)).toEqual(await images(fresh));
    }
  });

  it("is distilled from without the data set, where the initial images need none", async () => {
    const kept = await made(bank({}, { zca: true }));
    const noise = await made(from("bank", { zca: true, init: "noise" }), { readers: without({ bank: kept }) });
    expect(await images(noise)).toHaveLength(3 * 64);
    const again = await made({ ...from("bank", { zca: true }), initial: "noise" } as never, {
      readers: without({ bank: kept, noise }),
    });
    expect(await images(again)).not.toEqual(await images(noise));
    await expect(made(from("bank", { zca: true }), { readers: without({ bank: kept }) })).rejects.toThrow(
      "the data set was read",
    );
  });

  it("has the same bytes with any number of workers, stopped at any place and resumed", async () => {
    const wanted = { epochs: 2, snapshots: "all", protocol: { batch: 8 } };
    const expected = await filesOf(await made(bank(wanted)));
    expect(Object.keys(expected).filter((path) => path.startsWith("networks/"))).toHaveLength(15);
    const two = bank({ ...wanted, execution: { workers: 2 } });
    expect(await filesOf(await made(two))).toEqual(expected);
    const storage = memory();
    let stops = 0;
    for (let done = false; !done; ) {
      const controller = new AbortController();
      const options = {
        engine: createEngine,
        readers: readersOf(),
        signal: controller.signal,
        checkpoint: { steps: 1 },
      };
      let steps = 0;
      for await (const event of run(bank(wanted), storage, options)) {
        if (event.type === "progress" && ++steps >= 7) controller.abort();
        if (event.type === "finished") done = true;
      }
      if (!done) stops++;
      expect(stops).toBeLessThan(100);
    }
    expect(stops).toBeGreaterThan(3);
    expect(await filesOf(storage)).toEqual(expected);
    expect(types(await drive(bank(wanted), storage))).toEqual(["finished"]);
  });

  it("keeps a state of every network in training when it is stopped", async () => {
    const wanted = bank({ epochs: 4, snapshots: [4], protocol: { batch: 8 }, execution: { workers: 2 } });
    const storage = memory();
    await stoppedWhere(wanted, storage, () => true);
    expect(await storage.list("checkpoints")).toEqual(["network-1/", "network-2/"]);
    const steps = await Promise.all(
      [1, 2].map(async (number) => {
        const [name] = await storage.list(`checkpoints/network-${number}`);
        return Number(/state-(\d+)/.exec(name!)![1]);
      }),
    );
    // Of three networks, the third of which has not begun.
    const { phases } = await plan(wanted, { engine: createEngine, readers: readersOf(), storage });
    const left = 3 * 16 - steps[0]! - steps[1]!;
    expect(phases.find(({ name }) => name === "training")).toMatchObject({ count: left });
  });

  it("stopped after its networks, keeps them for itself and from another bank", async () => {
    const wanted = { epochs: 1, snapshots: "all", protocol: { batch: 8 } };
    const of = (seed: number): JobValue => bank({ ...wanted, seed }, { networks: 1 });
    const storage = memory();
    await stoppedWhere(of(0), storage, ({ done, total }) => done === total);
    expect(Object.keys(await filesOf(storage)).filter((path) => path.endsWith(".safetensors"))).toHaveLength(4);
    await expect(drive(of(1), storage)).rejects.toMatchObject({ code: "RUN_EXISTS" });
    await drive(of(0), storage);
    const expected = await filesOf(await made(of(0)));
    expect(await filesOf(storage)).toEqual(expected);
    const left = memory();
    for (const path of Object.keys(await filesOf(storage))) await left.write(path, (await storage.read(path))!);
    await drive(of(1), left);
    expect(await filesOf(left)).toEqual(await filesOf(await made(of(1))));
  });

  it("in shards of classes, merged, is the whole bit for bit; so is what is distilled from shards", async () => {
    for (const more of [{}, { precision: "float16" }]) {
      const whole = await made(bank(more));
      const shards = [await made(bank({ ...more, classes: [1] })), await made(bank({ ...more, classes: [0, 2] }))];
      const merged = memory();
      await mergeBanks(shards, merged, { owner: { id: "test" } });
      expect(await filesOf(merged)).toEqual(await filesOf(whole));
      const { execution: _, ...job } = (await readFinished(whole))!.job;
      expect((await readFinished(merged))!.job).toEqual(job);
      const distilled = await made(from("bank"), { readers: readersOf({ bank: whole }) });
      const part = await made({ ...from("bank"), classes: [1] } as never, { readers: readersOf({ bank: shards[0]! }) });
      expect(await images(part)).toEqual((await images(distilled)).subarray(64, 128));
      await expect(mergeBanks(shards.slice(1), memory(), { owner: { id: "test" } })).rejects.toThrow(
        "No shard has class 1",
      );
      await expect(mergeBanks([whole, ...shards], memory(), { owner: { id: "test" } })).rejects.toThrow("is in memory");
    }
    const other = await made(bank({ classes: [0, 2], seed: 1 }));
    const one = await made(bank({ classes: [1] }));
    await expect(mergeBanks([one, other], memory(), { owner: { id: "test" } })).rejects.toThrow("differ in seed");
  });

  it("is visited whole, or as many networks and draws as are asked for, each by itself", async () => {
    const readers = readersOf({ bank: await made(bank()) });
    const visited = async (method: Readonly<Record<string, unknown>>): Promise<unknown> => {
      const storage = await made(from("bank", { init: "noise", iterations: 1, ...method }), { readers });
      const { config } = JSON.parse(new TextDecoder().decode(await storage.read("record.json")));
      return [config.networks, config.draws];
    };
    expect(await visited({})).toEqual([3, 2]);
    expect(await visited({ networks: 2 })).toEqual([2, 2]);
    expect(await visited({ draws: 1 })).toEqual([3, 1]);
    expect(await visited({ networks: 1, draws: 1 })).toEqual([1, 1]);
    // What presets make without a bank is no wish.
    expect(job(from("bank", { preset: "bank" }) as never)).toMatchObject({ method: { networks: 0, draws: "auto" } });
  });

  it("takes what is added, and leaves what is there", async () => {
    const storage = await made(bank());
    const before = await filesOf(storage);
    await drive(bank({}, { networks: 4, draws: 3 }), storage);
    const more = await filesOf(storage);
    expect(Object.keys(more).filter((path) => /n\d+/.test(path))).toHaveLength(12);
    const { spec, ...draws } = Object.fromEntries(
      Object.entries(before).map(([path, bytes]) => [path.endsWith("spec.json") ? "spec" : path, bytes]),
    );
    expect(spec).toBeDefined();
    expect(more).toMatchObject(draws);
    expect(more).toEqual(await filesOf(await made(bank({}, { networks: 4, draws: 3 }))));
    // Other quantities stand beside them.
    await drive(bank({}, { power: 1 }), storage);
    const readers = readersOf({ bank: storage });
    const one = await made(from("bank", { power: 1, init: "noise" }), { readers });
    const four = await made(from("bank", { power: 4, init: "noise" }), { readers });
    expect(await images(one)).not.toEqual(await images(four));
    // DM takes the features that DataDAM's statistics have.
    const dm = await made(from("bank", { name: "dm", init: "noise" }), { readers });
    expect(await images(dm)).not.toEqual(await images(four));
  });

  it("refuses by name what it does not hold, and another data set", async () => {
    const kept = await made(bank());
    const readers = readersOf({ bank: kept });
    const failing = async (method: Readonly<Record<string, unknown>>): Promise<string> =>
      made(from("bank", { init: "noise", ...method }), { readers }).then(
        () => "nothing",
        (error: Error) => error.message,
      );
    expect(await failing({ power: 2 })).toContain("no statistics of attention of map 0, p 2, sum, l2");
    expect(await failing({ momentsWeight: 1 })).toContain("no statistics of second moments of the last map's channels");
    expect(await failing({ augment: "flip" })).toContain("no statistics with augment flip");
    expect(await failing({ augmentMode: "all" })).toContain("no statistics with augmentMode all");
    expect(await failing({ width: 4 })).toContain("was made with width 8; this distillation has width 4");
    expect(await failing({ arch: "mlp", attentionWeight: 0 })).toContain("was made with arch convnet");
    expect(await failing({ zca: true })).toContain("was made with zca false");
    expect(await failing({ networks: 4 })).toContain(
      "lacks 2 of the 8 draws of 4 networks with 2 each, such as n00004.d000",
    );
    const other: Readers = {
      ...readers,
      dataset: (options: DataOptions) => loaded({ ...tiny, train: tiny.test! }, options),
    };
    await expect(made({ ...small, bank: "bank" } as never, { readers: other })).rejects.toThrow(
      "is a bank of tiny/train with 30 images; these are other images: tiny/test with 12",
    );
    await expect(made(from("nowhere"), { readers })).rejects.toThrow("No bank in nowhere");
  });

  it("makes again what was lost or damaged of its networks, draws and whitening, and nothing else", async () => {
    const wanted = bank({ epochs: 1, snapshots: [0, 1], protocol: { batch: 8 } }, { networks: 2, zca: true });
    const storage = await made(wanted);
    const expected = await filesOf(storage);
    const names = Object.keys(expected).filter((path) => !path.endsWith("spec.json"));
    const lost = ["networks/0002-epoch-0", "statistics/", "preprocessing"].map(
      (start) => names.find((path) => path.startsWith(start))!,
    );
    for (const path of lost) {
      await storage.remove(path);
      expect(types(await drive(wanted, storage)), path).toContain("resumed");
      expect(await filesOf(storage), path).toEqual(expected);
      const sizes = names.filter((name) => name.startsWith("statistics/")).map((name) => storage.size(name));
      const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum! + size!, 0);
      expect((await readFinished(storage))!.result).toMatchObject({ bytes });
    }
    for (const path of ["networks/0001-epoch-1.safetensors", "preprocessing.safetensors"]) {
      const bytes = (await storage.read(path))!;
      await storage.write(path, bytes.with(-5, bytes.at(-5)! ^ 1));
      const distilled = made(from("bank", { zca: true, init: "noise" }), { readers: readersOf({ bank: storage }) });
      await expect(distilled, path).rejects.toThrow("damaged");
      expect(types(await drive(wanted, storage)), path).toContain("warning");
      expect(await filesOf(storage), path).toEqual(expected);
    }
    // Of fewer networks, a draw that only the others have is no substitute.
    const fewer = bank({ epochs: 1, snapshots: [0, 1], protocol: { batch: 8 } }, { networks: 1, zca: true });
    await drive(fewer, storage);
    await storage.remove(lost[1]!);
    await drive(fewer, storage);
    expect(await filesOf(storage)).toEqual(expected);
  });

  it("that is being added to is not finished, and not merged", async () => {
    const shards = [await made(bank({ classes: [1] })), await made(bank({ classes: [0, 2] }))];
    const stop = new AbortController();
    for await (const event of run(bank({ classes: [1] }, { networks: 6 }), shards[0]!, {
      ...{ engine: createEngine, readers: readersOf(), signal: stop.signal },
    })) {
      if (event.type === "progress" && event.done >= 8) stop.abort();
    }
    expect((await bankInfo(shards[0]!)).finished).toBe(false);
    await expect(mergeBanks(shards, memory(), { owner: { id: "test" } })).rejects.toThrow("is not finished");
  });

  it("is refused where it says that it has more draws than can be", async () => {
    const kept = await made(bank());
    const [id] = await kept.list("statistics");
    const path = `statistics/${id}spec.json`;
    const spec = JSON.parse(new TextDecoder().decode(await kept.read(path)));
    const distilled = async (networks: number): Promise<Storage> => {
      await kept.write(path, JSON.stringify({ ...spec, networks }));
      return made(from("bank", { init: "noise" }), { readers: readersOf({ bank: kept }) });
    };
    await expect(distilled(1_000_000_000)).rejects.toThrow("lacks 1999999994 of the 2000000000 draws");
    for (const wrong of [-3, 0, 2 ** 40]) await expect(distilled(wrong)).rejects.toMatchObject({ code: "INVALID_RUN" });
  });

  it("refuses damaged and missing files by name, and mends them when it is made again", async () => {
    const kept = await made(bank());
    const readers = readersOf({ bank: kept });
    const [id] = await kept.list("statistics");
    const path = `statistics/${id}n00002.d001.safetensors`;
    const whole = (await kept.read(path))!;
    const distilling = (): Promise<Storage> => made(from("bank", { init: "noise" }), { readers });
    const changes: [(bytes: Uint8Array) => Uint8Array, RegExp][] = [
      [(bytes) => bytes.with(bytes.length - 3, bytes.at(-3)! ^ 1), /checksum of class 2 does not match/],
      [(bytes) => bytes.with(100, bytes[100]! ^ 1), /damaged/],
      [(bytes) => bytes.slice(0, -4), /damaged/],
      [(bytes) => bytes.slice(0, 5), /cut off/],
      [(bytes) => bytes.with(3, 255), /header is longer/],
    ];
    for (const [change, message] of changes) {
      await kept.write(path, change(whole));
      await expect(distilling()).rejects.toThrow(message);
      await expect(distilling()).rejects.toThrow("n00002.d001.safetensors");
    }
    const another = (await kept.read(path.replace("n00002", "n00001")))!;
    await kept.write(path, another);
    await expect(distilling()).rejects.toThrow("holds other statistics than its name says");
    await kept.remove(path);
    await expect(distilling()).rejects.toThrow(
      "lacks 1 of the 6 draws of 3 networks with 2 each, such as n00002.d001.safetensors",
    );
    await drive(bank(), kept);
    expect(await kept.read(path)).toEqual(whole);
    await distilling();
  });

  it("keeps half the bytes in float16, for results that are nearly the same", async () => {
    const [exact, half] = [await made(bank()), await made(bank({ precision: "float16" }))];
    const distilled = async (kept: Storage): Promise<Float32Array> =>
      images(await made(from("bank", { init: "noise" }), { readers: readersOf({ bank: kept }) }));
    const [a, b] = [await distilled(exact), await distilled(half)];
    const bytes = async (kept: Storage): Promise<number> =>
      ((await readFinished(kept))!.result as { bytes: number }).bytes;
    expect(await bytes(half)).toBeLessThan(0.7 * (await bytes(exact)));
    const away = Math.sqrt(
      a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0) / a.reduce((s, v) => s + v * v, 0),
    );
    expect(away).toBeGreaterThan(0);
    expect(away).toBeLessThan(1e-2);
  });

  it("of trained networks visits their snapshots, and distils from them", async () => {
    const kept = await made(bank({ epochs: 2, snapshots: [0, 2], protocol: { batch: 8 } }, { networks: 2 }));
    const random = await made(bank({}, { networks: 4 }));
    const distilled = async (storage: Storage): Promise<Float32Array> =>
      images(await made(from("bank", { init: "noise" }), { readers: readersOf({ bank: storage }) }));
    expect(await distilled(kept)).not.toEqual(await distilled(random));
    const { result } = (await readFinished(kept))!;
    expect(result).toMatchObject({ networks: 4, draws: 2 });
    const [random0, trained2] = await Promise.all(
      [0, 2].map(async (epoch) => {
        const { metadata } = decodeSafetensors((await kept.read(`networks/0001-epoch-${epoch}.safetensors`))!);
        return Number(metadata.accuracy);
      }),
    );
    // Of 30 images, all of which are looked at.
    for (const accuracy of [random0!, trained2!]) expect(Math.round(accuracy * 30) / 30).toBeCloseTo(accuracy, 5);
    expect(trained2!).toBeGreaterThanOrEqual(random0!);
    const entropies = async (least: number): Promise<unknown[]> => {
      const wanted = { crossEntropy: 1, crossEntropyFrom: least, init: "noise" };
      const storage = await made(from("bank", wanted), { readers: readersOf({ bank: kept }) });
      const rows = new TextDecoder()
        .decode((await storage.read("metrics.jsonl"))!)
        .trim()
        .split("\n");
      return rows.map((row) => (JSON.parse(row) as { crossEntropy: number }).crossEntropy);
    };
    expect((await entropies(0)).every((value) => Number(value) > 0)).toBe(true);
    expect((await entropies(1)).filter((value) => value === 0).length).toBeGreaterThan(0);
    await kept.write("networks/0002-epoch-2.safetensors", new Uint8Array(20));
    await expect(distilled(kept)).rejects.toThrow("networks/0002-epoch-2.safetensors");
  });

  it("of trained networks gives the features of the most trained one, to initial images and to selections", async () => {
    const kept = await made(
      bank({ epochs: 2, snapshots: [0, 1, 2], protocol: { batch: 8 } }, { networks: 2, draws: 1 }),
    );
    const readers = readersOf({ bank: kept });
    const trained = from("bank", { init: "k-means", factor: 2, ipc: 2, iterations: 0, networks: 2 });
    const started = await images(await made(trained, { readers }));
    // With the parameters in its file, as any trained network's.
    const path = "networks/0001-epoch-2.safetensors";
    const prepared = await prepare(tiny.train, { zca: false });
    const network = convnet({ channels: 1, size: 8, classes: 3, depth: 1, width: 8 });
    const parameters = loadParameters(network, decodeSafetensors((await kept.read(path))!).tensors);
    const chosen = await selectIndices(
      prepared,
      { method: "k-means", ipc: 2, factor: 2, features: network, parameters },
      Key.fromSeed(0).fold("initial"),
    );
    expect(started).toEqual(downsample(prepared.read(chosen.flat()), [1, 8, 8], 2));
    const shard = await made({ ...trained, classes: [1] } as never, { readers });
    expect(await images(shard)).toEqual(started.subarray(128, 256));
    const method = { name: "k-means", preset: "quick", ipc: 2, factor: 2 };
    const selection = { kind: "select", bank: "bank", method } as never;
    const selected = await made(selection, { readers });
    const file = async (name: string): Promise<Uint8Array | undefined> => (name === path ? kept.read(path) : undefined);
    const named = await made(
      { ...(selection as object), bank: undefined, data: { dataset: "tiny" }, parameters: path } as never,
      {
        readers: { ...readers, file },
      },
    );
    expect(await selected.read("synthetic.safetensors")).toEqual(await named.read("synthetic.safetensors"));
    const failing = async (more: object): Promise<string> =>
      made({ ...(selection as object), ...more } as never, { readers: readersOf({ bank: kept, random, batch }) }).then(
        () => "nothing",
        (error: Error) => error.message,
      );
    const random = await made(bank());
    const batch = await made(bank({ epochs: 1, snapshots: "last" }, { networks: 1, draws: 1, norm: "batch" }));
    expect(await failing({ bank: "random" })).toContain("no trained network to take: its networks are random");
    expect(await failing({ bank: "batch" })).toContain("of batch norm it keeps no running statistics");
    expect(await failing({ features: "mlp" })).toContain("the one whose features are compared");
    expect(await failing({ method: { ...method, name: "random" } })).toContain("random does not compare features");
    expect(await failing({ method: { ...method, zca: true } })).toContain("with zca false, not zca true, zcaEps 0.1");
    // Where none are compared, the file is not read.
    await kept.write(path, new Uint8Array(20));
    await expect(made(trained, { readers })).rejects.toThrow(path);
    await made(from("bank", { init: "noise", networks: 2 }), { readers });
  });

  it("of trained networks is a teacher: its most trained one gives soft labels to both rows of an evaluation", async () => {
    const kept = memory("bank");
    await drive(bank({ epochs: 2, snapshots: [0, 2], protocol: { batch: 8 } }, { networks: 1, draws: 1 }), kept);
    const random = await made(bank());
    const whitened = await made(bank({ epochs: 1, snapshots: "last" }, { networks: 1, draws: 1, zca: true }));
    const run = await made(from("bank", { init: "noise", iterations: 1 }), { readers: readersOf({ bank: kept }) });
    const path = "networks/0001-epoch-2.safetensors";
    const storages = { bank: kept, random, whitened, run };
    const readers: Readers = {
      ...readersOf(storages),
      file: async (name) => (name === path ? kept.read(path) : undefined),
    };
    const evaluation = { kind: "evaluate", set: "run", networks: 1, protocol: { ...protocols.quick, epochs: 2 } };
    const evaluated = async (softLabels: string): Promise<ResultEntry> => {
      const events = await drive({ ...evaluation, softLabels } as never, memory(), { readers });
      return (events.at(-1) as unknown as { result: EvaluateResult }).result.entries[0]!;
    };
    const [file, named] = [await evaluated(path), await evaluated("bank")];
    expect(named.softLabels).toEqual(file.softLabels);
    expect(named.softLabels!.teacher).toBe(
      createHash("sha256")
        .update((await kept.read(path))!)
        .digest("hex"),
    );
    for (const row of ["distilled", "random"] as const) {
      expect(named[row]!.accuracies).toEqual(file[row]!.accuracies);
    }
    // Labels that were learned with the set: random images have those of the bank that it came from.
    const learning = { init: "noise", iterations: 4, crossEntropy: 1, crossEntropyFrom: 0, labelRate: 0.5 };
    await expect(evaluated("stored")).rejects.toThrow("stored: the set carries no soft labels");
    storages.run = await made(from("bank", learning), { readers });
    const stored = await evaluated("stored");
    expect(stored.softLabels).toEqual({ teacher: "stored", random: named.softLabels!.teacher });
    expect(stored.random!.accuracies).toEqual((await evaluated("bank")).random!.accuracies);
    await expect(evaluated("random")).rejects.toThrow("no trained network to take: its networks are random");
    await expect(evaluated("whitened")).rejects.toThrow("saw images in another space than the set's");
    await expect(evaluated("nowhere")).rejects.toThrow("Cannot read the parameters nowhere");
  });
});
