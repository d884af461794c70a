// Steps of training: against PyTorch, in parts, and through arrays that are read and written between them.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine } from "../../src/engine/index.ts";
import type { Engine, GradientTask } from "../../src/engine/types.ts";
import { type ConvNetOptions, convnet, initialize, mlp } from "../../src/nn/index.ts";
import { Key } from "../../src/random/index.ts";
import { networkOutputs, Trainer, trainSteps } from "../../src/train/index.ts";
import { loadFixtures, relativeError } from "../support/fixtures.ts";

interface Config {
  network: ConvNetOptions;
  lr: number;
  momentum: number;
  weightDecay: number;
  parameters: string[];
  buffers: string[];
}

describe("20 training steps follow PyTorch's", () => {
  for (const fixture of loadFixtures("training")) {
    it(fixture.name, async () => {
      const { network, parameters, buffers, ...sgd } = fixture.json<Config>("config");
      const images = fixture.array("images");
      const labels = fixture.integers("labels");
      const [count, ...image] = images.shape;
      const size = images.data.length / count;
      const losses = fixture.array("losses").data;
      const picks = fixture.integers("batches");
      const batch = picks.length / losses.length;
      const batches = Array.from(losses, (_, step) => {
        const chosen = picks.slice(step * batch, (step + 1) * batch);
        const data = new Float32Array(batch * size);
        for (const [i, pick] of chosen.entries()) {
          data.set(images.data.subarray(pick * size, (pick + 1) * size), i * size);
        }
        return { images: { shape: [batch, ...image], data }, labels: chosen.map((pick) => labels[pick]) };
      });
      const initial = fixture.arrays("initial.");
      const named = (names: string[]): typeof initial => Object.fromEntries(names.map((name) => [name, initial[name]]));
      const result = await trainSteps({
        network: convnet(network),
        parameters: named(parameters),
        buffers: named(buffers),
        batches,
        ...sgd,
      });

      expect(losses).toHaveLength(20);
      expect(relativeError(result.losses, losses)).toBeLessThan(1e-5);
      const final = fixture.arrays("final.");
      expect(Object.keys(result.parameters).sort()).toEqual([...parameters].sort());
      expect(Object.keys(result.buffers).sort()).toEqual([...buffers].sort());
      for (const [name, { data }] of Object.entries({ ...result.parameters, ...result.buffers })) {
        const error = relativeError(data, final[name].data);
        expect(error, `${name} is ${error} away`).toBeLessThan(1e-4);
      }
      // The bound means something: the steps moved the weights much further than it.
      expect(relativeError(initial["features.0.weight"].data, final["features.0.weight"].data)).toBeGreaterThan(1e-2);
    });
  }
});

describe("a step on a batch is the mean of steps on its parts", () => {
  const network = convnet({ channels: 1, size: 16, classes: 3, depth: 2, width: 4, norm: "none" });
  const initial = initialize(network, Key.fromSeed(3));
  const draw = Key.fromSeed(4).stream();
  const most = 100;
  const images = Float32Array.from({ length: most * 256 }, () => draw.normal());
  const labels = Array.from({ length: most }, () => draw.integer(3));
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ workers: 2 });
  });
  afterAll(() => engine.close());

  /** How far each parameter moves. */
  async function moves(from: number, to: number): Promise<Record<string, Float32Array>> {
    const trainer = new Trainer(network, initial, engine);
    const sgd = { lr: 1, momentum: 0, weightDecay: 0 };
    await trainer.step(images.slice(from * 256, to * 256), labels.slice(from, to), sgd);
    return Object.fromEntries(
      Object.entries(trainer.parameters).map(([name, data]) => [name, data.map((x, i) => x - initial[name].data[i])]),
    );
  }

  it.each([2, 17, 31, 33, 36, 52, 65, 100])("of %i images", async (count) => {
    const cut = Math.min(16, count - 1);
    const whole = await moves(0, count);
    const [first, ...rest] = await Promise.all(
      Array.from({ length: Math.ceil(count / cut) }, (_, i) => moves(i * cut, Math.min(count, (i + 1) * cut))),
    );
    const sizes = [first, ...rest].map((_, i) => Math.min(cut, count - i * cut));
    for (const [name, data] of Object.entries(whole)) {
      const parts = [first, ...rest].map((part) => part[name]);
      const mean = data.map((_, i) => parts.reduce((total, part, k) => total + (sizes[k] / count) * part[i], 0));
      expect(relativeError(data, mean), name).toBeLessThan(1e-5);
    }
  });

  it("takes as many images with each worker, to one", async () => {
    const lengths: number[] = [];
    const counting = Object.create(engine, {
      gradients: {
        value: (task: GradientTask) => {
          lengths.push(task.runs.length * task.program.inputs.find(({ name }) => name === "images")!.shape[0]);
          return engine.gradients(task);
        },
      },
      microBatch: { value: engine.microBatch },
      device: { value: engine.device },
      workers: { value: engine.workers },
    }) as Engine;
    const trainer = new Trainer(network, initial, counting);
    await trainer.step(images.slice(0, 36 * 256), labels.slice(0, 36), { lr: 0.1, momentum: 0, weightDecay: 0 });
    expect(lengths).toEqual([18, 18]);
  });
});

describe("a large MLP, whose worker answers a step before all can read it", () => {
  const network = mlp({ channels: 1, size: 28, classes: 4, width: 512 });
  const initial = initialize(network, Key.fromSeed(5));
  const size = 28 * 28;
  const count = 24;
  const images = Key.fromSeed(6)
    .stream()
    .fillNormal(new Float32Array(count * size));
  const labels = Array.from({ length: count }, (_, i) => i % 4);
  const sgd = { lr: 0.1, momentum: 0.9, weightDecay: 1e-3 };
  const steps = 12;

  /** The state after all steps, `between` of which is called after each. */
  async function train(workers: number, between: (trainer: Trainer, step: number) => void): Promise<Float32Array[]> {
    const engine = await createEngine({ workers });
    try {
      const trainer = new Trainer(network, initial, engine);
      for (let step = 0; step < steps; step++) {
        await trainer.step(images, labels, sgd);
        between(trainer, step);
      }
      const { parameters, momentum } = trainer.state();
      return [...Object.values(parameters), ...Object.values(momentum)].map(({ data }) => data as Float32Array);
    } finally {
      await engine.close();
    }
  }

  it("ends the same when it is read after each step, by any number of workers", async () => {
    const unread = await train(2, () => {});
    const states: Float32Array[] = [];
    expect(
      await train(2, (trainer) => states.push(trainer.state().parameters["fc_1.weight"].data as Float32Array)),
    ).toEqual(unread);
    expect(states.at(-1)).toEqual(unread[0]);
    for (const [i, state] of states.entries()) if (i > 0) expect(state).not.toEqual(states[i - 1]);
    expect(await train(1, () => {})).toEqual(unread);
  });

  it("lets its parameters be read and written between steps, through arrays taken once", async () => {
    let views: Record<string, Float32Array> = {};
    const writing = await train(2, (trainer, step) => {
      if (step === 0) views = trainer.parameters;
      views["fc_1.weight"].fill(0);
    });
    expect(writing[0].every((value) => value === 0)).toBe(true);
    const restoring = await train(2, (trainer) => {
      const state = trainer.state();
      (state.parameters["fc_1.weight"].data as Float32Array).fill(0);
      trainer.restore(state);
    });
    expect(restoring).toEqual(writing);
  });
});

describe("Trainer", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ workers: 2 });
  });
  afterAll(() => engine.close());

  it("takes a batch in parts as it takes it whole, up to rounding", async () => {
    const network = convnet({ channels: 1, size: 16, classes: 3, depth: 2, width: 8 });
    const parameters = initialize(network, Key.fromSeed(0));
    const labels = Array.from({ length: 40 }, (_, i) => i % 3);
    const images = Key.fromSeed(1)
      .stream()
      .fillNormal(new Float32Array(40 * 256));
    const wide: Engine = {
      ...engine,
      device: "cpu",
      workers: 2,
      microBatch: 40,
      forwardBatch: 40,
      run: engine.run.bind(engine),
      sum: engine.sum.bind(engine),
      gradients: engine.gradients.bind(engine),
      descend: engine.descend.bind(engine),
      close: engine.close.bind(engine),
    };
    const [parts, whole] = [new Trainer(network, parameters, engine), new Trainer(network, parameters, wide)];
    const sgd = { lr: 0.1, momentum: 0.9, weightDecay: 5e-4 };
    for (let step = 0; step < 3; step++) {
      expect(await parts.step(images, labels, sgd)).toBeCloseTo(await whole.step(images, labels, sgd), 5);
    }
    const name = "features.0.weight";
    for (const [i, value] of parts.parameters[name].entries()) expect(value).toBeCloseTo(whole.parameters[name][i], 5);
    expect(parts.parameters[name]).not.toEqual(parameters[name].data);
  });

  it("takes notice of parameters and momentum that were changed between two steps", async () => {
    const network = convnet({ channels: 1, size: 16, classes: 3, depth: 1, width: 4 });
    const labels = Array.from({ length: 6 }, (_, i) => i % 3);
    const images = Key.fromSeed(1)
      .stream()
      .fillNormal(new Float32Array(6 * 256));
    const sgd = { lr: 0.1, momentum: 0.9, weightDecay: 5e-4 };
    const trainer = (): Trainer => new Trainer(network, initialize(network, Key.fromSeed(0)), engine);
    const [changed, plain, restored] = [trainer(), trainer(), trainer()];
    const start = changed.state();
    for (const each of [changed, plain, restored]) await each.step(images, labels, sgd);
    const after = plain.state();
    expect(changed.state()).toEqual(after);

    restored.restore(start);
    expect(await restored.step(images, labels, sgd)).toBeGreaterThan(0);
    expect(restored.state()).toEqual(after);
    restored.resetMomentum();
    await restored.step(images, labels, sgd);
    await plain.step(images, labels, sgd);
    expect(restored.state().momentum).not.toEqual(plain.state().momentum);

    for (const [name, parameter] of Object.entries(changed.parameters)) parameter.set(start.parameters[name].data);
    const loss = await changed.step(images, labels, sgd);
    expect(loss).toBe(await trainer().step(images, labels, sgd));
    for (const parameter of Object.values(changed.parameters)) parameter.fill(0);
    expect(await changed.step(images, labels, sgd)).toBeCloseTo(Math.log(3), 5);
  });

  it("tests parameters as they are, also where they were changed since the last test", async () => {
    const network = convnet({ channels: 1, size: 16, classes: 2, depth: 1, width: 4 });
    const trainer = new Trainer(network, initialize(network, Key.fromSeed(0)), engine);
    const images = Key.fromSeed(1)
      .stream()
      .fillNormal(new Float32Array(6 * 256));
    for (const answer of [0, 1]) {
      const { "classifier.weight": weight, "classifier.bias": bias } = trainer.parameters;
      weight.fill(0);
      bias.fill(0)[answer] = 1;
      expect(await trainer.correct(images, new Array<number>(6).fill(answer))).toBe(6);
    }
  });

  it("counts what images are taken for by the largest output, a row for each true class", async () => {
    const network = convnet({ channels: 1, size: 16, classes: 3, depth: 2, width: 8 });
    const parameters = initialize(network, Key.fromSeed(4));
    const images = Key.fromSeed(5)
      .stream()
      .fillNormal(new Float32Array(60 * 256));
    const labels = Array.from({ length: 60 }, (_, i) => (i * i) % 3);
    const read = (start: number, count: number): Float32Array => images.subarray(start * 256, (start + count) * 256);
    const { data } = await networkOutputs({ network, parameters, what: "logits", engine, read, count: 60 });
    const expected = new Float64Array(9);
    for (const [i, label] of labels.entries()) {
      const row = data.subarray(3 * i, 3 * i + 3);
      expected[3 * label + row.indexOf(Math.max(...row))]++;
    }
    const trainer = new Trainer(network, parameters, engine);
    const { correct, answers } = await trainer.answers(images, labels);
    expect(answers).toEqual(expected);
    expect(correct).toBe(expected[0] + expected[4] + expected[8]);
    expect(correct).toBe(await trainer.correct(images, labels));
    expect(new Set(expected).size).toBeGreaterThan(3);
    // Where all outputs are the same, each class is the answer with one third.
    for (const parameter of Object.values(trainer.parameters)) parameter.fill(0);
    const even = await trainer.answers(images.subarray(0, 256), [1]);
    expect([...even.answers].map((share) => Number(share.toFixed(5)))).toEqual([0, 0, 0, 0.33333, 0.33333, 0.33333, 0, 0, 0]); // biome-ignore format: one line
  });

  it("refuses parameters, images and labels that do not fit, instead of training on something else", async () => {
    const network = convnet({ channels: 1, size: 16, classes: 3, depth: 1, width: 4 });
    const parameters = initialize(network, Key.fromSeed(0));
    const { "classifier.bias": _, ...rest } = parameters;
    expect(() => new Trainer(network, rest, engine)).toThrow("classifier.bias is missing");
    const trainer = new Trainer(network, parameters, engine);
    const sgd = { lr: 0.1, momentum: 0.9, weightDecay: 5e-4 };
    const images = new Float32Array(2 * 256);
    for (const labels of [[0, 3], [0, -1], [0, 0.5], [0]]) {
      await expect(trainer.step(images, labels, sgd), `${labels}`).rejects.toThrow(RangeError);
      await expect(trainer.correct(images, labels), `${labels}`).rejects.toThrow(RangeError);
    }
    await expect(trainer.step(images, [0, 3], sgd)).rejects.toThrow("label 3 of image 1 is none of the 3 classes");
    await expect(trainer.step(images, [0, 2], { ...sgd, lr: undefined as never })).rejects.toThrow(
      "lr must be a finite number, got undefined",
    );
    await expect(trainer.step(images, [0], sgd)).rejects.toThrow(
      "512 numbers and 1 labels are not 1 images of 1x16x16",
    );
    await expect(trainer.step(images, [0, 1], sgd, new Float32Array(3))).rejects.toThrow(
      /3 probabilities are not 2 rows/,
    );
  });

  it("takes a layer norm's weights by channel as by element", async () => {
    const network = convnet({ channels: 1, size: 16, classes: 3, depth: 1, width: 4, norm: "layer" });
    const byElement = initialize(network, Key.fromSeed(0));
    const scale = { shape: [4], data: new Float32Array(4).fill(1) };
    const bias = { shape: [4], data: new Float32Array(4) };
    const byChannel = { ...byElement, "features.1.weight": scale, "features.1.bias": bias };
    const state = (parameters: typeof byElement) => new Trainer(network, parameters, engine).state().parameters;
    expect(state(byChannel)).toEqual(state(byElement));
  });
});
