import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseConfig, type ResolvedConfig, resolveConfig } from "../../../src/distill/index.ts";
import { type ConvNetOptions, convnet, createEngine, type Engine, matchingLoss } from "../../../src/index.ts";
import { inSmallBatches } from "../../support/engines.ts";
import { loadFixtures, relativeError } from "../../support/fixtures.ts";

interface Config {
  network: ConvNetOptions;
  classes: number;
  power: number;
  lambda: number;
  scale: number;
}
type DataDam = Extract<ResolvedConfig, { readonly method: "datadam" }>;
interface Expected {
  loss: number;
  attention: number[];
  features: number;
}

const cases = loadFixtures("matching");
const variants = loadFixtures("variants");
let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

describe("matchingLoss agrees with PyTorch autograd", () => {
  for (const fixture of [...cases, ...variants]) {
    it(fixture.name, async () => {
      const { network, ...weights } = fixture.json<Config>("config");
      const expected = fixture.json<Expected>("expected");
      const twoPasses = fixture.name.includes("two-passes");
      const small = inSmallBatches(engine);
      const result = await matchingLoss({
        network: convnet(network),
        parameters: fixture.arrays("parameters."),
        real: fixture.array("real"),
        synthetic: fixture.array("synthetic"),
        ...weights,
        engine: twoPasses ? small.engine : engine,
      });
      expect(small.ran.has("pullback")).toBe(twoPasses);
      const within = (actual: number, value: number, scale: number = value): void =>
        expect(Math.abs(actual - value) / scale).toBeLessThan(1e-5);
      within(result.loss, expected.loss);
      within(result.features, expected.features);
      expect(result.attention).toHaveLength(expected.attention.length);
      const total = expected.attention.reduce((sum, distance) => sum + distance, 0);
      for (const [layer, distance] of expected.attention.entries()) within(result.attention[layer], distance, total);
      const gradient = fixture.array("gradient");
      expect(result.gradient.shape).toEqual(gradient.shape);
      expect(relativeError(result.gradient.data, gradient.data)).toBeLessThan(1e-4);
    });
  }

  it("covers the variants of the loss", () => {
    const seen = (key: string): unknown[] => [
      ...new Set(variants.map((fixture) => fixture.json<Record<string, unknown>>("config")[key])),
    ];
    expect(seen("errorType").sort()).toEqual(["cosine", "mae", "mse"]);
    expect(seen("attentionReduction").sort()).toEqual(["max", "sum"]);
    expect(seen("attentionNorm").sort()).toEqual(["l1", "l2", "none"]);
    expect(seen("attentionWeight").sort()).toEqual([0, 0.25, 1]);
    expect(seen("lambda")).toContain(0);
    expect(variants.map((fixture) => fixture.json<{ layers: number[] }>("config").layers.length)).toContain(0);
  });

  it("covers the norms, powers, channels, sizes, depths and ipc it should", () => {
    const configs = cases.map((fixture) => fixture.json<Config>("config"));
    const options = configs.map(({ network }) => network);
    expect(cases.length).toBeGreaterThanOrEqual(14);
    expect(new Set(options.map(({ norm }) => norm))).toEqual(new Set(["none", "instance", "group", "layer", "batch"]));
    for (const norm of ["instance", "batch"]) {
      const powers = configs.filter(({ network }) => network.norm === norm).map(({ power }) => power);
      expect(powers).toEqual(expect.arrayContaining([1, 2, 4]));
    }
    expect(options.map(({ channels }) => channels)).toEqual(expect.arrayContaining([1, 2, 3]));
    expect(options.map(({ size }) => size)).toEqual(expect.arrayContaining([28, 32, 64]));
    expect(options.map(({ depth }) => depth)).toEqual(expect.arrayContaining([3, 4]));
  });
});

describe("matchingLoss", () => {
  it("makes and closes an engine of its own where none is given", async () => {
    const fixture = cases.find(({ name }) => name === "instance-p2-grey20-odd")!;
    const { network, ...weights } = fixture.json<Config>("config");
    const [parameters, real, synthetic] = [
      fixture.arrays("parameters."),
      fixture.array("real"),
      fixture.array("synthetic"),
    ];
    const { loss } = await matchingLoss({ network: convnet(network), parameters, real, synthetic, ...weights });
    expect(loss / fixture.json<Expected>("expected").loss).toBeCloseTo(1, 5);
  });

  it("is zero, with a gradient of zero, where the synthetic images are the real ones", async () => {
    const fixture = cases.find(({ name }) => name === "batch-p2-grey28-ipc5")!;
    const { network, ...weights } = fixture.json<Config>("config");
    const real = fixture.array("real");
    const parameters = fixture.arrays("parameters.");
    const result = await matchingLoss({
      network: convnet(network),
      parameters,
      real,
      synthetic: real,
      ...weights,
      engine,
    });
    expect(result.loss).toBeLessThan(1e-6);
    expect(Math.max(...result.gradient.data.map(Math.abs))).toBeLessThan(1e-4);
  });

  it("refuses a loss of nothing", async () => {
    const fixture = variants.find(({ name }) => name === "dm")!;
    const { network, classes } = fixture.json<Config>("config");
    const images = { real: fixture.array("real"), synthetic: fixture.array("synthetic") };
    const parameters = fixture.arrays("parameters.");
    const options = { network: convnet(network), parameters, ...images, classes, engine };
    await expect(matchingLoss({ ...options, lambda: 0, layers: [] })).rejects.toThrow("nothing is matched");
    await expect(matchingLoss({ ...options, lambda: 0, attentionWeight: 0 })).rejects.toThrow("nothing is matched");
  });

  it("refuses numbers that no loss comes of, and arrays of another kind", async () => {
    const fixture = cases.find(({ name }) => name === "instance-p2-grey20-odd")!;
    const { network, classes } = fixture.json<Config>("config");
    const images = { real: fixture.array("real"), synthetic: fixture.array("synthetic") };
    const options = {
      network: convnet(network),
      parameters: fixture.arrays("parameters."),
      ...images,
      classes,
      engine,
    };
    for (const power of [0.5, -1, Number.NaN]) {
      await expect(matchingLoss({ ...options, power })).rejects.toThrow(
        `power: must be ${Number.isNaN(power) ? "a number" : "at least 1"}, got ${power}`,
      );
    }
    // A caller without types: another word must not be taken for one of the known.
    for (const key of ["attentionReduction", "attentionNorm", "errorType"]) {
      await expect(matchingLoss({ ...options, [key]: "L2" }), key).rejects.toThrow(
        new RegExp(`${key}: must be .*, got "L2"`),
      );
    }
    await expect(matchingLoss({ ...options, lambda: Number.NaN })).rejects.toThrow(
      'lambda: must be a number or "auto", got NaN',
    );
    await expect(matchingLoss({ ...options, scale: -1 })).rejects.toThrow("scale: must be above 0, got -1");
    const doubles = { shape: images.real.shape, data: Float64Array.from(images.real.data) };
    await expect(matchingLoss({ ...options, real: doubles as never })).rejects.toThrow(
      "real must be { shape: number[], data: Float32Array }",
    );
  });

  it("takes DataDAM's keys and defaults: layers by name or in any order, each once", async () => {
    const fixture = cases.find(({ name }) => name === "instance-p2-grey20-odd")!;
    const { network, classes } = fixture.json<Config>("config");
    const options = {
      network: convnet(network),
      parameters: fixture.arrays("parameters."),
      real: fixture.array("real"),
      synthetic: fixture.array("synthetic"),
      classes,
      engine,
    };
    const { layers, ...usual } = resolveConfig(parseConfig({}), { name: "x", shape: [1, 32, 32] }) as DataDam;
    expect(layers).toEqual([0, 1]);
    const { power, lambda, scale } = usual;
    const expected = await matchingLoss({ ...options, power, lambda, scale });
    expect(await matchingLoss(options)).toEqual(expected);
    const all = await matchingLoss({ ...options, layers: "all" });
    const reversed = [...all.attention.keys()].reverse();
    expect(await matchingLoss({ ...options, layers: [...reversed, 0] })).toEqual(all);
  });

  it("refuses images that cannot be shared evenly by the classes", async () => {
    const fixture = cases.find(({ name }) => name === "instance-p2-grey20-odd")!;
    const { network } = fixture.json<Config>("config");
    const [parameters, real, synthetic] = [
      fixture.arrays("parameters."),
      fixture.array("real"),
      fixture.array("synthetic"),
    ];
    await expect(
      matchingLoss({ network: convnet(network), parameters, real, synthetic, classes: 3, engine }),
    ).rejects.toThrow("cannot be shared evenly by 3 classes");
  });
});
