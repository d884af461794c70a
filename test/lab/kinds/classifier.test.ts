// Classifiers as jobs, in memory.

import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine, type Engine } from "../../../src/engine/index.ts";
import {
  type ClassifierResult,
  type EvaluateResult,
  type JobValue,
  job,
  memory,
  readFinished,
  type Storage,
} from "../../../src/lab/index.ts";
import { protocols } from "../../../src/train/index.ts";
import { drive, readersOf, small, smallWith, tiny, types } from "../support.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ workers: 1 });
});
afterAll(() => engine.close());

const protocol = { ...protocols.quick, name: "short", epochs: 4 };
const test = tiny.test!;

async function resultOf<Result>(value: object, storage: Storage, around: Record<string, Storage>): Promise<Result> {
  await drive(value as JobValue, storage, { engine, readers: readersOf(around) });
  return (await readFinished(storage))!.result as Result;
}

async function made(value: object): Promise<Storage> {
  const storage = memory();
  await drive(value as JobValue, storage, { engine });
  return storage;
}

/** Test images that the file classifies rightly. */
async function correct(storage: Storage): Promise<number> {
  const session = await InferenceSession.create((await storage.read("classifier.onnx"))!, { intraOpNumThreads: 1 });
  const { probabilities } = await session.run({
    images: new Tensor("uint8", test.pixels, [test.count, ...test.shape]),
  });
  const data = probabilities!.data as Float32Array;
  return Array.from(test.labels).filter((label, i) => {
    const row = Array.from(data.subarray(3 * i, 3 * i + 3));
    return row.indexOf(Math.max(...row)) === label;
  }).length;
}

describe("a classifier", () => {
  it.each([
    ["plain", {}],
    ["whitened, batch norm", { zca: true, norm: "batch", factor: 2 }],
  ])("of a distilled set (%s) is network 0 of an evaluation, and right as often", async (_, method) => {
    const around = { "runs/a": await made(smallWith(method)) };
    const storage = memory();
    const result = await resultOf<ClassifierResult>({ kind: "classifier", set: "runs/a", protocol }, storage, around);
    expect(result).toMatchObject({ file: "classifier.onnx", count: 12, images: 3, seed: 0 });
    expect(await correct(storage)).toBe(result.correct);
    expect(result.accuracy).toBeCloseTo((100 * result.correct) / 12, 10);
    const evaluation = { kind: "evaluate", set: "runs/a", networks: 1, random: false, protocol };
    const { entries } = await resultOf<EvaluateResult>(evaluation, memory(), around);
    expect(entries[0]!.distilled.accuracies).toEqual([result.accuracy]);
    expect(entries[0]!.distilled.network).toEqual(result.network);
    const again = await drive({ kind: "classifier", set: "runs/a", protocol } as never, storage, {
      engine,
      readers: readersOf(around),
    });
    expect(types(again)).toEqual(["finished"]);
  });

  it.each([false, true])("of a training is its network, whitened: %s", async (zca) => {
    const training = { kind: "train", data: { dataset: "tiny" }, network: { width: 4 }, protocol: { epochs: 2, batch: 10 }, zca }; // biome-ignore format: short
    const around = { t: await made(training) };
    const storage = memory();
    const result = await resultOf<ClassifierResult>({ kind: "classifier", set: "t" }, storage, around);
    const trained = (await readFinished(around.t))!.result as { correct: number; accuracy: number };
    expect(result).toMatchObject({ correct: trained.correct, accuracy: trained.accuracy, images: 30 });
    expect(await correct(storage)).toBe(trained.correct);
  });

  it("is made anew where the run has gone on", async () => {
    const around = { "runs/a": await made(small) };
    const storage = memory();
    const value = { kind: "classifier", set: "runs/a", protocol };
    await resultOf(value, storage, around);
    const first = await storage.read("classifier.onnx");
    await drive(smallWith({ iterations: 9 }), around["runs/a"], { engine });
    await resultOf(value, storage, around);
    expect(await storage.read("classifier.onnx")).not.toEqual(first);
    const fresh = memory();
    await resultOf(value, fresh, around);
    expect(await storage.read("classifier.onnx")).toEqual(await fresh.read("classifier.onnx"));
  });

  it("trains on soft labels where they are asked for", async () => {
    const around = { "runs/a": await made(small) };
    const soft = { kind: "classifier", set: "runs/a", softLabels: "stored" };
    await expect(resultOf(soft, memory(), around)).rejects.toThrow("the set carries no soft labels");
    await expect(resultOf({ ...soft, temperature: 2 }, memory(), around)).rejects.toThrow("that of a teacher");
  });

  it("refuses to change a network that is trained, and one that is not", async () => {
    const training = { kind: "train", data: { dataset: "tiny" }, network: { width: 4 }, protocol: { epochs: 1, batch: 10 } }; // biome-ignore format: short
    const around = { t: await made(training) };
    const wrong = { kind: "classifier", set: "t", protocol: "quick", seed: 1, data: { dataset: "tiny" } };
    await expect(resultOf(wrong, memory(), around)).rejects.toThrow(
      "holds a network that is trained: `protocol`, `seed`, `dataset` cannot change",
    );
    await around.t.write("parameters.safetensors", "something else");
    await expect(resultOf({ kind: "classifier", set: "t" }, memory(), around)).rejects.toThrow("is not what the training left"); // biome-ignore format: short
    await around.t.remove("finished.json");
    await expect(resultOf({ kind: "classifier", set: "t" }, memory(), around)).rejects.toThrow("not finished");
  });

  it("checks its options", () => {
    expect(job({ kind: "classifier", set: "a" })).toEqual({ kind: "classifier", set: "a", pixels: "uint8" });
    expect(() => job({ kind: "classifier", set: "a", pixels: "int4" })).toThrow("pixels");
    expect(() => job({ kind: "classifier", set: "a", protocol: "quik" })).toThrow('unknown protocol "quik"');
  });
});
