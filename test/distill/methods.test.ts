import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DistillEvent, type DistillOptions, distill } from "../../src/distill/index.ts";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { patches } from "../support/sets.ts";

// One block and two classes: each network is compiled anew, and that is most of the time.
const set = patches({ size: 8, perClass: 10, classes: 2 });
const small = {
  ipc: 2,
  iterations: 2,
  seed: 5,
  batchReal: 6,
  width: 4,
  depth: 1,
} as const;
/** Their own keys. */
const loops = { batchTrain: 4, innerLoops: 2 };
const methodOptions = { dm: {}, dc: loops, dsa: loops };
type Name = keyof typeof methodOptions;
type Options = DistillOptions & { readonly method: Name };
let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ workers: 2 });
});
afterAll(() => engine.close());

const optionsOf = (options: { readonly method: Name } & Partial<Options>): Options =>
  ({ ...small, ...methodOptions[options.method], engine, ...options }) as Options;
const images = async (options: { readonly method: Name } & Partial<Options>): Promise<Float32Array> =>
  (await distill(set, optionsOf(options)).result).images;

describe.each(["dm", "dc", "dsa"] as const)("method %s", (method) => {
  it("gives the same bytes with one worker, and resumed half way", async () => {
    const one = await createEngine({ workers: 1 });
    try {
      const expected = await images({ method });
      expect(await images({ method, engine: one })).toEqual(expected);
      const first = distill(set, optionsOf({ method, iterations: 1 }));
      await first.result;
      expect(await images({ method, resume: first.state() })).toEqual(expected);
    } finally {
      await one.close();
    }
  });

  it("lowers its loss", async () => {
    const losses: number[] = [];
    const options = { method, ipc: 1, iterations: 12, init: "noise", augment: "none" } as const;
    const lrImg = method === "dm" ? 1 : 3;
    for await (const { loss } of distill(set, optionsOf({ ...options, lrImg }))) losses.push(loss);
    const mean = (part: number[]): number => part.reduce((total, loss) => total + loss, 0) / part.length;
    expect(mean(losses.slice(-3))).toBeLessThan(0.8 * mean(losses.slice(0, 3)));
  });

  it("says its name in the provenance, and tells what it measures", async () => {
    const run = distill(set, optionsOf({ method, iterations: 1 }));
    const events: DistillEvent[] = [];
    for await (const event of run) events.push(event);
    expect(run.snapshot().provenance).toMatchObject({ method, dataset: set.name, iteration: 1 });
    const [{ iteration: _, iterations: __, seconds: ___, loss, ...measures }] = events as [DistillEvent];
    if (method === "dm") {
      expect(measures).toEqual({ features: loss });
    } else {
      expect(Object.keys(measures)).toEqual(["gradients"]);
      const gradients = measures.gradients as number[];
      // The convolution and the classifier.
      expect(gradients).toHaveLength(2);
      expect(gradients.reduce((total, distance) => total + distance, 0)).toBeCloseTo(loss, 4);
    }
  });
});

it.each(["dm", "dc"] as const)("shards of %s equal the whole where nothing couples the classes", async (method) => {
  const options = { method, ...(method === "dc" && { outerLoops: 1 }) };
  const whole = await images(options);
  const size = small.ipc * 64;
  expect(await images({ ...options, classes: [1] })).toEqual(whole.slice(size, 2 * size));
});

it("refuses shards of a method that trains its network on all classes, and says what helps", () => {
  expect(() => distill(set, optionsOf({ method: "dsa", classes: [0] }))).toThrowError(
    expect.objectContaining({
      message:
        "method dsa trains its network on the synthetic images of all classes: a shard of them cannot be " +
        "distilled alone",
      hint: expect.stringContaining("outerLoops"),
    }),
  );
});

it("DC and DSA differ in the augmentation alone", async () => {
  const options = { init: "real", augment: "crop" } as const;
  expect(await images({ method: "dc", ...options })).toEqual(await images({ method: "dsa", ...options }));
  expect(await images({ method: "dc", ...options, augment: "none" })).not.toEqual(
    await images({ method: "dsa", ...options }),
  );
});

it("stops between two outer steps at an aborted signal, at the state before", async () => {
  const controller = new AbortController();
  const counting: Engine = {
    ...engine,
    workers: engine.workers,
    device: engine.device,
    microBatch: engine.microBatch,
    forwardBatch: engine.forwardBatch,
    run: (program, feeds, binding) => {
      controller.abort(new Error("enough"));
      return engine.run(program, feeds, binding);
    },
    sum: engine.sum.bind(engine),
    gradients: engine.gradients.bind(engine),
    descend: engine.descend.bind(engine),
    close: engine.close.bind(engine),
  };
  const run = distill(set, optionsOf({ method: "dc", engine: counting, signal: controller.signal }));
  await expect(run.result).rejects.toThrow("enough");
  expect(run.state().iteration).toBe(0);
});

it("says when the network's training diverges, and what helps", async () => {
  await expect(images({ method: "dc", ipc: 4, lrNet: 1e38, iterations: 1 })).rejects.toMatchObject({
    code: "DIVERGED",
    hint: expect.stringContaining("lrNet"),
  });
});
