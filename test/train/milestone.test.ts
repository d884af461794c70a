// Training against PyTorch on both sides of each change of the learning rate: parameters and momentum.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { type PreparedSet, prepare } from "../../src/images/index.ts";
import { type Arrays, type ConvNetOptions, convnet, type Network } from "../../src/nn/index.ts";
import { Key } from "../../src/random/index.ts";
import {
  fitNetwork,
  type Protocol,
  type ProtocolName,
  protocols,
  type TrainingState,
  train,
} from "../../src/train/index.ts";
import { type Fixture, fixtureImages, loadFixtures, relativeError } from "../support/fixtures.ts";

interface Case {
  readonly protocol: ProtocolName;
  readonly overrides: Partial<Protocol>;
  readonly seed: number;
  readonly network: ConvNetOptions;
  /** Steps after which PyTorch's state is kept. */
  readonly steps: readonly number[];
  readonly operations: readonly string[];
}
interface Training extends Case {
  readonly set: PreparedSet;
  readonly settings: Protocol;
  readonly built: Network;
}

const fixtures = loadFixtures("milestone");
const named = (name: ProtocolName): Fixture => fixtures.find((fixture) => fixture.name === name)!;
let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ workers: 2 });
});
afterAll(() => engine.close());

async function trainingOf(fixture: Fixture): Promise<Training> {
  const parts = fixture.json<Case>("case");
  const set = await prepare(fixtureImages(fixture), { zca: false });
  const settings = { ...protocols[parts.protocol], ...parts.overrides };
  return { ...parts, set, settings, built: convnet(parts.network) };
}

/** All numbers, in the order of `expected`'s names. */
function joined(arrays: Arrays, expected: Arrays): number[] {
  expect(Object.keys(arrays).sort()).toEqual(Object.keys(expected).sort());
  return Object.keys(expected).flatMap((name) => Array.from(arrays[name].data));
}

/** Parameters, each within 1e-4, and how far they have moved; momentum. */
function expectState(fixture: Fixture, step: number, { parameters, momentum }: Omit<TrainingState, "step">): void {
  const expected = fixture.arrays(`parameters${step}.`);
  const initial = fixture.arrays("initial.");
  for (const [name, { data }] of Object.entries(parameters)) {
    const error = relativeError(data, expected[name].data);
    expect(error, `${name} is ${error} away after step ${step}`).toBeLessThan(1e-4);
  }
  // All together: a bias that a norm layer takes away again moves by rounding alone.
  const start = joined(initial, expected);
  const moved = (arrays: Arrays): number[] => joined(arrays, expected).map((value, i) => value - start[i]);
  expect(relativeError(moved(parameters), moved(expected)), `moved by step ${step}`).toBeLessThan(1e-4);
  const speed = fixture.arrays(`momentum${step}.`);
  expect(relativeError(joined(momentum, speed), joined(speed, speed)), `momentum of step ${step}`).toBeLessThan(1e-4);
}

describe("training follows PyTorch's SGD across the schedule", () => {
  for (const fixture of fixtures) {
    it(`step by step: ${fixture.name}`, async () => {
      const { set, settings, built, seed, steps } = await trainingOf(fixture);
      const run = train(set, { network: built, protocol: settings, seed, engine });
      const losses: number[] = [];
      for await (const { step, loss } of run) {
        losses.push(loss);
        if (steps.includes(step)) expectState(fixture, step, run.state());
      }
      expect(steps.at(-1)).toBe(losses.length);
      expect(relativeError(losses, fixture.array("losses").data)).toBeLessThan(1e-5);
      const buffers = fixture.arrays("buffers.");
      for (const [name, { data }] of Object.entries(run.state().buffers)) {
        expect(relativeError(data, buffers[name].data), name).toBeLessThan(1e-4);
      }
    });

    it(`as networks are trained for an evaluation: ${fixture.name}`, async () => {
      const { set, settings, built, seed, steps } = await trainingOf(fixture);
      const images = set.read(Array.from({ length: set.count }, (_, i) => i));
      const key = Key.fromSeed(seed).fold("train");
      const trainer = await fitNetwork(built, () => ({ ...set, images }), { protocol: settings, key, engine });
      const { parameters, buffers, momentum } = trainer.state();
      expectState(fixture, steps.at(-1)!, { parameters, buffers, momentum, losses: [], epochLoss: 0 });
    });
  }

  it("resumed right after the rate has changed", async () => {
    const fixture = named("dm");
    const { set, settings, built, seed } = await trainingOf(fixture);
    const first = train(set, { network: built, protocol: settings, seed, engine });
    for await (const { step } of first) if (step === 7) break;
    const second = train(set, { network: built, protocol: settings, seed, engine, resume: first.state() });
    for await (const { step } of second) if (step === 8 || step === 15) expectState(fixture, step, second.state());
  });
});

describe("what PyTorch was given", () => {
  const cases = fixtures.map((fixture) => fixture.json<Case>("case"));

  it("covers a fresh optimiser, milestones without one, and a rate that falls again and again", () => {
    expect(cases.map(({ protocol }) => protocol).sort()).toEqual([
      "dm",
      "encoder",
      "idc",
      "official",
      "paper",
      "whole",
    ]);
    const norms = ["batch", "batch", "batch", "instance", "instance", "instance"];
    expect(cases.map(({ network }) => network.norm).sort()).toEqual(norms);
  });

  it("has every operation of idc and encoder, and CutMix (scripts/oracle/milestone.py sees to that)", () => {
    const operations = (wanted: ProtocolName): readonly string[] =>
      cases.find(({ protocol }) => protocol === wanted)!.operations;
    expect(operations("idc")).toEqual(["color", "crop", "flip", "rotate", "scale"]);
    expect(operations("encoder")).toEqual(["color", "crop"]);
  });

  it("has every operation of DSA drawn for dm and official", () => {
    for (const { protocol, operations } of cases) {
      if (protocol !== "dm" && protocol !== "official") continue;
      expect(operations).toEqual(["color", "crop", "cutout", "flip", "rotate", "scale"]);
    }
  });

  it("has momentum fall at a fresh optimiser much further than the bound", () => {
    const size = (step: number): number =>
      Math.hypot(...Object.values(named("dm").arrays(`momentum${step}.`)).flatMap(({ data }) => Array.from(data)));
    expect(size(7)).toBeLessThan(0.7 * size(6));
  });
});
