import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { evaluate } from "../../src/evaluate/index.ts";
import { prepare, prepareWith, randomSubset, type SyntheticSet } from "../../src/images/index.ts";
import { convnet, initialize } from "../../src/nn/index.ts";
import { Key } from "../../src/random/index.ts";
import { learningRate, type Protocol, parseProtocol, protocols, Trainer, train } from "../../src/train/index.ts";
import { patches } from "../support/sets.ts";

const test = patches({ seed: 9, perClass: 20 });
const brief: Protocol = { ...protocols.quick, name: "brief", epochs: 12, batch: 8 };
const options = { networks: 2, protocol: brief, width: 8, depth: 2, seed: 1 } as const;
let engine: Engine;
let set: SyntheticSet;
beforeAll(async () => {
  engine = await createEngine({ workers: 2 });
  set = randomSubset(await prepare(patches(), { zca: false }), 5, 0);
});
afterAll(() => engine.close());

describe("evaluate", () => {
  it("gives the same accuracies with one and two workers, far above chance on separable classes", async () => {
    const two = await evaluate(set, test, { ...options, engine });
    const one = await createEngine({ workers: 1 });
    try {
      expect((await evaluate(set, test, { ...options, engine: one })).accuracies).toEqual(two.accuracies);
    } finally {
      await one.close();
    }
    expect(two.mean).toBeGreaterThan(60);
    expect(two.mean).toBeCloseTo((two.accuracies[0] + two.accuracies[1]) / 2, 10);
    expect(two.std).toBeCloseTo(Math.abs(two.accuracies[0] - two.accuracies[1]) / Math.SQRT2, 10);
  });

  it("is at chance where the labels mean nothing", async () => {
    const labels = set.labels.map((_, i) => (i * 7) % 3);
    const { mean } = await evaluate({ ...set, labels }, test, { ...options, engine });
    expect(mean).toBeLessThan(60);
  });

  it("evaluates batch norm with running statistics", async () => {
    const { mean, network } = await evaluate(set, test, { ...options, norm: "batch", engine });
    expect(network.norm).toBe("batch");
    expect(mean).toBeGreaterThan(60);
  });

  it("trains the network it is told, also one of the caller's own", async () => {
    const once = { networks: 1, protocol: { ...brief, epochs: 2 }, width: 4, engine };
    const { network } = await evaluate(set, test, { ...once, arch: "resnet10" });
    expect(network).toMatchObject({ name: "resnet10", width: 4, norm: "instance", size: 16, classes: 3 });
    const own = await evaluate(set, test, {
      ...once,
      arch: (images) => ({ ...convnet({ ...images, depth: 1 }), name: "mine" }),
    });
    expect(own.network).toMatchObject({ name: "mine", depth: 1 });
  });

  it("reports progress up to all of it", async () => {
    const done: number[] = [];
    await evaluate(set, test, { ...options, engine, onProgress: (progress) => done.push(progress.done) });
    expect(done).toHaveLength(24);
    expect(done.at(-1)).toBe(1);
  });

  it.each(["none", "autoaugment", "randaugment", "imagenet"])("augments as DC-BENCH does: %s", async (augment) => {
    const protocol = { ...protocols[`dc-bench-${augment}` as "dc-bench-none"], epochs: 8, batch: 16 };
    expect(protocol).toMatchObject({ augment, norm: "instance", lr: 0.01 });
    const once = { ...options, protocol, networks: 1, engine };
    const { mean } = await evaluate(set, test, once);
    expect(mean).toBeGreaterThan(50);
    expect((await evaluate(set, test, once)).mean).toBe(mean);
  });

  it("augments no bytes of whitened images", async () => {
    const { preprocessing } = await prepare(patches({ size: 8 }), { zca: { eps: 0.1 } });
    const whitened = { ...set, preprocessing };
    await expect(evaluate(whitened, test, { protocol: "dc-bench-autoaugment", engine })).rejects.toThrow(
      "augmentation autoaugment works on pixels, and these are whitened (ZCA)",
    );
  });

  it("refuses a test set of other images or classes", async () => {
    await expect(evaluate(set, patches({ size: 8 }), options)).rejects.toThrow("the set holds images of 1 x 16 x 16");
    await expect(evaluate(set, patches({ classes: 4 }), options)).rejects.toThrow(
      "the set has the classes class 0, class 1",
    );
  });

  it.each([
    [{ images: new Float32Array(0), labels: new Uint16Array(0) }, "the set holds no images"],
    [{ images: new Float32Array(256) }, "the set holds 256 numbers and 15 labels, not 15 images of 1 x 16 x 16"],
    [{ labels: new Uint16Array(15).fill(3, 4) }, "the set gives image 4 the label 3, which is none of its 3 classes"],
    [{ softLabels: new Float32Array(3) }, "the set holds 3 soft labels, not 15 rows of 3 classes"],
  ])("refuses a set whose arrays do not fit each other: %#", async (wrong, message) => {
    await expect(evaluate({ ...set, ...wrong }, test, { ...options, engine })).rejects.toMatchObject({
      code: "INVALID_DATA",
      message,
    });
  });

  it("refuses a test set without images", async () => {
    const none = { ...test, count: 0, labels: new Uint16Array(0) };
    await expect(evaluate(set, none, { ...options, engine })).rejects.toThrow("patches/train has no images to test on");
  });

  it("takes test images that are prepared as the set is, and refuses others", async () => {
    const once = { ...options, networks: 1, engine };
    const bytes = await evaluate(set, test, once);
    expect((await evaluate(set, await prepareWith(set.preprocessing, test), once)).mean).toBe(bytes.mean);
    for (const other of [
      await prepare(test, { zca: { eps: 0.1 } }),
      await prepareWith({ normalization: { mean: [0.1], std: [0.9] }, zca: undefined }, test),
    ]) {
      await expect(evaluate(set, other, once)).rejects.toMatchObject({
        code: "INVALID_DATA",
        message: "patches/train is prepared otherwise than the set",
      });
    }
  });

  it("stops at an aborted signal", async () => {
    await expect(
      evaluate(set, test, { ...options, engine, signal: AbortSignal.abort(new Error("enough")) }),
    ).rejects.toThrow("enough");
  });
});

describe("protocols", () => {
  it("are found by name, and an unknown name says which are known", () => {
    expect(parseProtocol("dm")).toMatchObject({ epochs: 1000, batch: 256 });
    expect(parseProtocol("official")).toMatchObject({ epochs: 1800, batch: 64 });
    expect(() => parseProtocol("best")).toThrow('unknown protocol "best"');
    expect(() => parseProtocol({ ...brief, epochs: 0 })).toThrow("must be positive");
  });

  it.each<[object, string]>([
    [{ epochs: 0 }, "epochs, batch and lr must be positive, got 0, 8, 0.01"],
    [{ lr: Number.POSITIVE_INFINITY }, "epochs, batch and lr must be positive, got 12, 8, Infinity"],
    [{ momentum: undefined }, "momentum and weightDecay must be 0 or more, got undefined, 0.0005"],
    [{ schedule: undefined }, "schedule.kind must be milestones or every, got undefined"],
    [{ schedule: { kind: "every", factor: 0.5 } }, "schedule.epochs must be positive, got undefined"],
    [{ schedule: { kind: "milestones", factor: 0.5 } }, "schedule.at must list fractions of all epochs, got undefined"],
    [{ schedule: { kind: "every", epochs: 2 } }, "schedule.factor must be 0 or more, got undefined"],
    [{ augment: undefined }, 'augment must be a strategy, "auto" or "none", got undefined'],
  ])("of one's own are refused where they lack something: %o", (change, message) => {
    const protocol = { ...brief, ...change } as Protocol;
    expect(() => parseProtocol(protocol)).toThrow(`protocol brief: ${message}`);
    const network = convnet({ channels: 1, size: 16, classes: 3, depth: 1, width: 4 });
    const { labels, shape } = set;
    expect(() => train({ labels, shape, read: () => set.images }, { network, protocol })).toThrow(message);
  });

  it("divide the learning rate by ten at half, with fresh momentum once", () => {
    const schedule = Array.from({ length: 12 }, (_, epoch) => learningRate(brief, epoch));
    expect(schedule.map(({ rate }) => rate.toPrecision(2))).toEqual([
      ...new Array(6).fill("0.010"),
      ...new Array(6).fill("0.0010"),
    ]);
    expect(schedule.flatMap(({ fresh }, epoch) => (fresh ? [epoch] : []))).toEqual([6]);
  });
});

describe("more protocols", () => {
  it("halve the rate every 15 epochs, momentum kept, where the paper's table says so", () => {
    const rates = [0, 14, 15, 30].map((epoch) => learningRate(protocols.paper, epoch));
    expect(rates.map(({ rate }) => rate)).toEqual([0.01, 0.01, 0.005, 0.0025]);
    expect(rates.some(({ fresh }) => fresh)).toBe(false);
  });

  it("say their names, and the norm where their source does", () => {
    for (const [name, protocol] of Object.entries(protocols)) expect(protocol.name).toBe(name);
    expect(protocols.eccv2024.norm).toBe("instance");
    expect(protocols.dm.norm).toBeUndefined();
  });
});

describe("randomSubset", () => {
  it("draws ipc distinct images of each class, by seed", async () => {
    const prepared = await prepare(patches(), { zca: false });
    expect([...set.labels]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
    expect(randomSubset(prepared, 5, 0).images).toEqual(set.images);
    expect(randomSubset(prepared, 5, 1).images).not.toEqual(set.images);
    expect(() => randomSubset(prepared, 13, 0)).toThrow("has 12 images, fewer than ipc 13");
  });
});

describe("Trainer", () => {
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
