// Trainings on a whole set as jobs, in memory.

import { describe, expect, it } from "vitest";
import { createEngine } from "../../../src/engine/index.ts";
import { decodeSafetensors } from "../../../src/formats/index.ts";
import { type JobValue, job, memory, readFinished, run, type Storage } from "../../../src/lab/index.ts";
import { drive, readersOf, types } from "../support.ts";

const small = {
  kind: "train",
  data: { dataset: "tiny" },
  network: { width: 4 },
  protocol: { epochs: 2, batch: 10 },
  seed: 3,
  execution: { workers: 1 },
} as const;

const whitened: JobValue = { ...small, zca: true } as never;

const parameters = (storage: Storage): Promise<Uint8Array | undefined> => storage.read("parameters.safetensors");

describe("a job that trains", () => {
  it("fills in its protocol, and refuses what it does not know", () => {
    expect(job({ kind: "train" })).toEqual({
      kind: "train",
      data: { dataset: "builtin" },
      network: { arch: "convnet" },
      protocol: { name: "whole", epochs: 30, batch: 128 },
      zca: false,
      seed: 0,
    });
    expect(job({ kind: "train", protocol: "quick" })).toMatchObject({ protocol: { name: "quick", epochs: 300 } });
    expect(job(job(small))).toEqual(job(small));
    expect(() => job({ kind: "train", network: { arch: "resnet19" } })).toThrow('unknown network "resnet19"');
    expect(() => job({ kind: "train", protocol: "quik" })).toThrow('unknown protocol "quik". Known: official');
    expect(() => job({ kind: "train", network: { wdth: 4 } })).toThrow('unknown key "network.wdth"');
  });

  it("tests the network and leaves its parameters, which say what they are of", async () => {
    const storage = memory();
    const events = await drive(small, storage);
    expect(types(events)).toEqual(["started", "note", "checkpoint", "finished"]);
    const { result } = (await readFinished(storage)) as unknown as { result: Record<string, number & unknown[]> };
    expect(result).toMatchObject({ count: 12, images: 30, network: { name: "convnet", width: 4, depth: 1 }, seed: 3 });
    expect(result.losses).toHaveLength(2);
    expect(result.accuracy).toBeCloseTo((100 * result.correct!) / 12, 10);
    const { tensors, metadata } = decodeSafetensors((await parameters(storage))!);
    expect(Object.keys(tensors)).toContain("classifier.weight");
    expect(JSON.parse(metadata.network!)).toEqual(result.network);
    expect(types(await drive(small, storage))).toEqual(["finished"]);
  });

  it("stopped after any step and resumed, ends with the bytes of one that was never stopped", async () => {
    const [whole, stopped] = [memory(), memory()];
    await drive(whitened, whole);
    for (const step of [2, 4]) {
      const controller = new AbortController();
      const options = { engine: createEngine, readers: readersOf(), signal: controller.signal };
      const seen: string[] = [];
      for await (const event of run(whitened, stopped, options)) {
        seen.push(event.type);
        if (event.type === "progress" && event.stage === "training" && event.done >= step) controller.abort();
      }
      expect(seen.at(-1)).toBe("stopped");
      expect(await readFinished(stopped)).toBeUndefined();
    }
    const events = await drive(whitened, stopped);
    expect(types(events)[0]).toBe("resumed");
    expect(await parameters(stopped)).toEqual(await parameters(whole));
    const states = await stopped.list("checkpoints");
    expect(states).toHaveLength(2);
  });

  it("passes over a damaged checkpoint, and refuses those of another training", async () => {
    const [storage, whole] = [memory(), memory()];
    await drive(small as unknown as JobValue, whole);
    const controller = new AbortController();
    const options = { checkpoint: { steps: 2 }, signal: controller.signal };
    const all = { engine: createEngine, readers: readersOf(), ...options };
    for await (const event of run(small as unknown as JobValue, storage, all)) {
      if (event.type === "checkpoint" && event.number === 4) controller.abort();
    }
    const [before, newest] = (await storage.list("checkpoints")).map((name) => `checkpoints/${name}`);
    const bytes = (await storage.read(newest!))!;
    bytes[bytes.length - 3]! ^= 4;
    await storage.write(newest!, bytes);
    const other = memory();
    for (const name of ["job.json", "record.json"]) await other.write(name, (await storage.read(name))!);
    await other.write(before!, (await storage.read(before!))!);
    const events = await drive(small as unknown as JobValue, storage);
    expect(events.find(({ type }) => type === "warning")).toMatchObject({
      message: expect.stringContaining("is damaged (its checksum does not match); trying the one before"),
    });
    expect(await parameters(storage)).toEqual(await parameters(whole));
    const record = JSON.parse(new TextDecoder().decode(await other.read("record.json")));
    await other.write("record.json", JSON.stringify({ ...record, seed: 9 }));
    await expect(drive(small as unknown as JobValue, other)).rejects.toThrow("belongs to another configuration");
    await other.write("record.json", JSON.stringify({ ...record, network: {} }));
    await expect(drive(small as unknown as JobValue, other)).rejects.toThrow("does not hold the record of a training");
  });

  it("refuses a network that its images do not fit, and leaves nothing", async () => {
    const storage = memory();
    const lenet = { ...small, network: { arch: "lenet", norm: "batch" } } as const;
    await expect(drive(lenet as JobValue, storage)).rejects.toThrow('lenet: norm "batch" does not apply');
    expect(await storage.list()).toEqual([]);
  });
});
