// What jobs log for TensorBoard: each step once, whatever stops them.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine, type Engine } from "../../../src/engine/index.ts";
import { type JobValue, memory, readRows, run, type Storage } from "../../../src/lab/index.ts";
import { protocols } from "../../../src/train/index.ts";
import { readEventFile } from "../../support/eventFiles.ts";
import { drive, readersOf, small } from "../support.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ workers: 1 });
});
afterAll(() => engine.close());

const execution = { workers: 1, log: "tensorboard" };
const distillation = { ...small, execution } as unknown as JobValue;
const training = {
  kind: "train",
  data: { dataset: "tiny" },
  network: { width: 4 },
  protocol: { epochs: 2, batch: 10 },
  execution,
} as unknown as JobValue;

/** All that was logged below a folder, by file in their order: `step tag`, and scalars by the same. */
async function logged(
  storage: Storage,
  folder = "tensorboard",
): Promise<{ keys: string[]; scalars: Map<string, number> }> {
  const keys: string[] = [];
  const scalars = new Map<string, number>();
  for (const name of await storage.list(folder)) {
    const [first, ...events] = readEventFile((await storage.read(`${folder}/${name}`))!);
    expect(first!.version).toBe("brain.Event:2");
    for (const { step, values } of events) {
      for (const [tag, value] of Object.entries((values ?? {}) as Record<string, unknown>)) {
        keys.push(`${step} ${tag}`);
        if (typeof value === "number") scalars.set(`${step} ${tag}`, value);
      }
    }
  }
  return { keys, scalars };
}

/** Stops a job at its n-th event of a type, after which it is gone on with. */
async function stopAfter(
  job: JobValue,
  storage: Storage,
  stop: (step: number) => boolean,
  steps: number,
): Promise<void> {
  const controller = new AbortController();
  const options = { engine, readers: readersOf(), signal: controller.signal, checkpoint: { steps } };
  for await (const event of run(job, storage, options)) {
    if (event.type === "progress" && stop(event.done)) controller.abort();
  }
}

describe("a log for TensorBoard", () => {
  it("of a distillation has the rows of its metrics, and pictures", async () => {
    const storage = memory();
    await drive(distillation, storage, { engine });
    const { keys, scalars } = await logged(storage);
    const rows = await readRows(storage, "metrics.jsonl", "iteration");
    expect(rows).toHaveLength(6);
    for (const row of rows) {
      expect(scalars.get(`${row.iteration} loss`)).toBe(Math.fround(row.loss as number));
      expect(scalars.get(`${row.iteration} features`)).toBe(Math.fround(row.features as number));
      const attention = row.attention as number[];
      for (const [i, value] of attention.entries())
        expect(scalars.get(`${row.iteration} attention/${i}`)).toBe(Math.fround(value));
    }
    expect(keys.filter((key) => key.endsWith(" images"))).toEqual(["0 images", "6 images"]);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("is not there where it is not asked for", async () => {
    const storage = memory();
    await drive(small, storage, { engine });
    expect(await storage.list()).not.toContain("tensorboard/");
  });

  it("of a distillation that was killed has each step once", async () => {
    const whole = memory();
    await drive(distillation, whole, { engine, checkpoint: { steps: 2 } });
    const storage = memory();
    await stopAfter(distillation, storage, (done) => done === 3, 2);
    // As a kill after another step leaves it: rows beyond the checkpoint, and half a record.
    for (const name of await storage.list("tensorboard")) {
      const bytes = (await storage.read(`tensorboard/${name}`))!;
      await storage.append(`tensorboard/${name}`, bytes.subarray(bytes.length - 40));
    }
    const last = (await storage.list("checkpoints")).at(-1)!;
    expect(last).toMatch(/^state-00000[34]/);
    await storage.remove(`checkpoints/${last}`);
    await drive(distillation, storage, { engine, checkpoint: { steps: 2 } });
    expect((await storage.list("tensorboard")).length).toBe(2);
    const [found, expected] = [await logged(storage), await logged(whole)];
    const without = (keys: string[]): string[] => keys.filter((key) => !key.endsWith(" images"));
    expect(without(found.keys)).toEqual(without(expected.keys));
    expect(new Set(found.keys).size).toBe(found.keys.length);
    expect(found.scalars.get("6 loss")).toBe(expected.scalars.get("6 loss"));
    const second = (await storage.list("tensorboard"))[1]!;
    // Readers that saw the steps that are gone are told.
    expect(readEventFile((await storage.read(`tensorboard/${second}`))!)[1]).toMatchObject({ session: 1, step: 3 });
  });

  it("of a training has the loss of each step and its accuracy, once", async () => {
    const whole = memory();
    await drive(training, whole, { engine });
    const storage = memory();
    await stopAfter(training, storage, (done) => done === 4, 1);
    await drive(training, storage, { engine, checkpoint: { steps: 1 } });
    for (const each of [whole, storage]) {
      const { keys } = await logged(each);
      expect(keys).toEqual([...Array.from({ length: 6 }, (_, i) => `${i + 1} loss`), "6 accuracy"]);
    }
    // Killed after the last checkpoint: what is there already is not logged again.
    await storage.remove("finished.json");
    await drive(training, storage, { engine });
    expect((await logged(storage)).keys.filter((key) => key === "6 accuracy")).toHaveLength(1);
  });

  it("of an evaluation has the epochs of each network by itself", async () => {
    const around = memory("runs/a");
    await drive(small, around, { engine });
    const protocol = { ...protocols.quick, name: "short", epochs: 3 };
    const evaluation = { kind: "evaluate", set: "runs/a", networks: 2, protocol, execution } as unknown as JobValue;
    const storage = memory();
    const options = { engine, readers: readersOf({ "runs/a": around }) };
    await drive(evaluation, storage, options);
    expect(await storage.list("tensorboard")).toEqual(["distilled/", "random/"]);
    for (const row of ["distilled", "random"]) {
      for (const network of [0, 1]) {
        const { keys } = await logged(storage, `tensorboard/${row}/network-${network}`);
        expect(keys).toEqual(["1 loss", "2 loss", "3 loss", "3 accuracy"]);
      }
    }
    // A network that is trained again is logged anew.
    await storage.remove("finished.json");
    const journal = new TextDecoder().decode(await storage.read("journal.jsonl")).split("\n");
    await storage.write("journal.jsonl", journal.filter((line) => line.includes('"0/distilled/0"')).join("\n").concat("\n")); // biome-ignore format: short
    await drive(evaluation, storage, options);
    const { keys } = await logged(storage, "tensorboard/distilled/network-1");
    expect(keys).toEqual(["1 loss", "2 loss", "3 loss", "3 accuracy"]);
  });
});
