// The terms that may be added to DataDAM's loss, against PyTorch.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { methods, parseConfig, type ResolvedConfig, resolveConfig } from "../../../src/distill/index.ts";
import { attentionObjective } from "../../../src/distill/matching/attentionObjective.ts";
import { bindParameters, Matcher } from "../../../src/distill/matching/match.ts";
import { type ConvNetOptions, convnet, createEngine, type Engine, matchingLoss } from "../../../src/index.ts";
import { inSmallBatches } from "../../support/engines.ts";
import { type Fixture, loadFixtures, relativeError } from "../../support/fixtures.ts";

interface Config {
  readonly network: ConvNetOptions & { readonly classes: number };
  readonly classes: number;
  readonly layers: readonly number[];
  readonly channelWeight: number;
  readonly momentsWeight: number;
  readonly crossEntropy: number;
}
interface Expected {
  readonly loss: number;
  readonly attention: readonly number[];
  readonly features: number;
  readonly channels?: readonly number[];
  readonly moments?: number;
  readonly crossEntropy?: number;
}

const fixtures = loadFixtures("terms");
const named = (name: string): Fixture => fixtures.find((fixture) => fixture.name === name)!;
let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

const loss = (fixture: Fixture, more: object = {}) => {
  const { network, ...config } = fixture.json<Config>("config");
  const [real, synthetic] = [fixture.array("real"), fixture.array("synthetic")];
  const parameters = fixture.arrays("parameters.");
  return matchingLoss({ network: convnet(network), parameters, real, synthetic, ...config, engine, ...more });
};

describe("terms added to the loss agree with PyTorch autograd", () => {
  for (const fixture of fixtures) {
    it(fixture.name, async () => {
      const twoPasses = fixture.name.includes("two-passes");
      const small = inSmallBatches(engine);
      const result = await loss(fixture, twoPasses ? { engine: small.engine } : {});
      expect(small.ran.has("pullback")).toBe(twoPasses);
      const expected = fixture.json<Expected>("expected");
      expect(Object.keys(result).sort()).toEqual([...Object.keys(expected), "gradient"].sort());
      for (const [name, value] of Object.entries(expected)) {
        const measured = [result[name as "attention"]].flat();
        // A cosine near 1 leaves few digits of its distance, which is rounded as the 1 is.
        const lost = fixture.json<{ errorType: string }>("config").errorType === "cosine" ? 1e-6 : 0;
        const norm = Math.hypot(...[value].flat());
        expect(relativeError(measured, [value].flat()) * norm, name).toBeLessThan(2e-5 * norm + lost);
      }
      expect(relativeError(result.gradient.data, fixture.array("gradient").data)).toBeLessThan(1e-4);
    });
  }

  it("alone and together, in one program, in two passes, and with batch norm", () => {
    const keys = ["channelWeight", "momentsWeight", "crossEntropy"] as const;
    const on = fixtures.map((fixture) => {
      const config = fixture.json<Config>("config");
      return keys.filter((key) => config[key] > 0).join();
    });
    for (const wanted of [...keys, keys.join()]) expect(on).toContain(wanted);
    const two = fixtures.filter(({ name }) => name.includes("two-passes"));
    expect(two.map(({ name }) => name)).toEqual(["all-two-passes", "cross-entropy-two-passes", "moments-two-passes"]);
    expect(named("all-batch").json<Config>("config").network.norm).toBe("batch");
  });
});

describe("the cross-entropy", () => {
  it("is of a class as in the whole, and does not depend on which other classes share the program", async () => {
    const fixture = named("cross-entropy-alone");
    const {
      network: options,
      classes,
      ...config
    } = fixture.json<Config & Parameters<typeof attentionObjective>[1]>("config");
    const network = convnet(options);
    const matcher = new Matcher(attentionObjective(network, config, false), engine);
    const values = Object.entries(fixture.arrays("parameters.")).map(([name, { data }]) => [name, data]);
    const parameters = bindParameters(Object.fromEntries(values));
    const images = fixture.array("synthetic").data;
    const part = (c: number): Float32Array => images.slice((c * images.length) / 3, ((c + 1) * images.length) / 3);
    const targetsOf = (label: number) => matcher.targets(parameters, part(label), [label]);
    const match = async (labels: readonly number[], accuracy?: number) => {
      const each = await Promise.all(labels.map(targetsOf));
      const names = Object.keys(each[0]!);
      const joined = (arrays: Float32Array[]) => Float32Array.from(arrays.flatMap((array) => [...array]));
      const targets = Object.fromEntries(names.map((name) => [name, joined(each.map((one) => one[name]!))]));
      return matcher.match(parameters, targets, joined(labels.map(part)), labels, { accuracy });
    };
    const alone = await Promise.all([0, 1, 2].map((label) => match([label])));
    const whole = fixture.json<Expected>("expected").crossEntropy!;
    expect(alone.reduce((sum, { distances }) => sum + distances.at(-1)!, 0)).toBeCloseTo(whole, 5);
    // Classes 2 and 0, in this order: rows of labels follow the classes, not their places.
    const pair = await match([2, 0]);
    expect(pair.distances.at(-1)!).toBeCloseTo(alone[2]!.distances.at(-1)! + alone[0]!.distances.at(-1)!, 5);
    expect(relativeError(pair.gradient, [...alone[2]!.gradient, ...alone[0]!.gradient])).toBeLessThan(1e-5);
    expect(classes).toBe(3);
    expect(config.crossEntropy).toBe(2.5);
  });

  it("does not count in a network of poor accuracy", async () => {
    for (const name of ["all", "all-two-passes"]) {
      const fixture = named(name);
      const { network: options, ...config } = fixture.json<Config & Parameters<typeof attentionObjective>[1]>("config");
      const objective = attentionObjective(convnet(options), { ...config, crossEntropyFrom: 0.4 }, false);
      const passes = name.includes("two-passes") ? inSmallBatches(engine).engine : engine;
      const matcher = new Matcher(objective, passes);
      const values = Object.entries(fixture.arrays("parameters.")).map(([key, { data }]) => [key, data]);
      const parameters = bindParameters(Object.fromEntries(values));
      const [real, synthetic] = [fixture.array("real").data, fixture.array("synthetic").data];
      const [first, images] = [real.slice(0, real.length / 2), synthetic.slice(0, synthetic.length / 2)];
      const targets = await matcher.targets(parameters, first, [0]);
      const match = (accuracy?: number) => matcher.match(parameters, targets, images, [0], { accuracy });
      const [poor, good, unknown] = await Promise.all([match(0.39), match(0.4), match()]);
      expect(good).toEqual(unknown);
      expect(poor.distances.at(-1)).toBe(0);
      expect(good.distances.at(-1)).toBeGreaterThan(0.1);
      expect(poor.distances.slice(0, -1)).toEqual(good.distances.slice(0, -1));
      const without = new Matcher(attentionObjective(convnet(options), { ...config, crossEntropy: 0 }, false), engine);
      const { gradient } = await without.match(parameters, targets, images, [0]);
      expect(relativeError(poor.gradient, gradient)).toBeLessThan(1e-5);
      expect(relativeError(good.gradient, gradient)).toBeGreaterThan(1e-3);
    }
  });

  it("is refused of classes that the network lacks", async () => {
    const fixture = named("all");
    const { network } = fixture.json<Config>("config");
    const fewer = convnet({ ...network, classes: 1 });
    const { "classifier.weight": _weight, "classifier.bias": _bias, ...rest } = fixture.arrays("parameters.");
    const width = _weight!.shape[1]!;
    const parameters = {
      ...rest,
      "classifier.weight": { shape: [1, width], data: _weight!.data.slice(0, width) },
      "classifier.bias": { shape: [1], data: _bias!.data.slice(0, 1) },
    };
    await expect(loss(fixture, { network: fewer, parameters })).rejects.toThrow(
      "2 classes of images for a network of 1 classes",
    );
  });
});

describe("the keys of added terms", () => {
  const set = { name: "x", shape: [3, 32, 32] } as const;
  const resolved = (values: object) =>
    resolveConfig(parseConfig(values), set) as Extract<ResolvedConfig, { method: "datadam" }>;
  const quantities = (values: object) => methods.datadam.statistics!(resolved(values));

  it("name what they take of real images only where their weight is above 0", () => {
    const usual = quantities({});
    expect(Object.keys(usual)).toEqual(["attention0", "attention1", "features"]);
    expect(quantities({ crossEntropy: 1 })).toEqual(usual);
    expect(quantities({ channelWeight: 1, momentsWeight: 1, power: 2, attentionNorm: "l1" })).toMatchObject({
      channels0: "channel attention of map 0, p 2, l1",
      channels1: "channel attention of map 1, p 2, l1",
      moments: "second moments of the last map's channels, each its mean over positions",
    });
  });

  it("are those of a bank where what it keeps depends on them, and no others", () => {
    const others = {
      ...{ power: 2, lambda: 3, scale: 7, layers: "all", attentionWeight: 0.3, attentionReduction: "max" },
      ...{ attentionNorm: "l1", errorType: "mae", channelWeight: 1, momentsWeight: 1 },
      ...{ crossEntropy: 1, crossEntropyFrom: 0.5, labelRate: 0.5 },
    };
    expect(Object.keys(others).sort()).toEqual(Object.keys(methods.datadam.keys(z)).sort());
    const added = { channelWeight: 1, crossEntropy: 2 };
    const differing = Object.entries(others).filter(([key, value]) => {
      // Beside channel attention, of which some keys say more.
      const beside = key in added ? {} : added;
      const more = { ...beside, ...(key === "labelRate" && { crossEntropy: 2 }) };
      return JSON.stringify(quantities({ ...more, [key]: value })) !== JSON.stringify(quantities(more));
    });
    expect(differing.map(([key]) => key).sort()).toEqual([...methods.datadam.statisticsKeys!].sort());
  });

  it("are something to match, each alone, where the network has activation maps", () => {
    const nothing = { attentionWeight: 0, lambda: 0 };
    expect(() => resolved(nothing)).toThrow("nothing is matched");
    expect(() => resolved({ ...nothing, channelWeight: 1, layers: [] })).toThrow("nothing is matched");
    for (const key of ["channelWeight", "momentsWeight", "crossEntropy"]) {
      expect(resolved({ ...nothing, [key]: 1 })).toMatchObject({ [key]: 1 });
    }
    const flat = { arch: "mlp", attentionWeight: 0 };
    expect(resolved({ ...flat, crossEntropy: 1 })).toMatchObject({ crossEntropy: 1 });
    for (const key of ["channelWeight", "momentsWeight"]) {
      expect(() => resolved({ ...flat, [key]: 1 })).toThrow(`${key}: arch mlp has no activation maps`);
    }
  });

  it("refuse the cross-entropy of a network that knows one class", async () => {
    const one = convnet({ channels: 3, size: 32, classes: 1 });
    const made = async () => methods.datadam.make({ network: one, config: resolved({ crossEntropy: 1 }), engine });
    await expect(made()).rejects.toThrow("crossEntropy: the network has 1 class, of which it is always 0");
  });

  it("take a learning rate of pixels that is about as fast, unless one is given", () => {
    const pixels = { zca: false, space: "pixels" } as const;
    expect(resolved({ ...pixels, ipc: 10 }).lrImg).toBeCloseTo(0.1);
    expect(resolved({ ...pixels, ipc: 10, momentum: 0 }).lrImg).toBeCloseTo(0.2);
    expect(resolved({ ...pixels, ipc: 50, momentum: 0 }).lrImg).toBeCloseTo(1);
    expect(resolved({ zca: false, space: "pixels", lrImg: 3 }).lrImg).toBe(3);
  });
});
