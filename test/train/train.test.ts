// Training on a whole set: stopped after any step and resumed, it ends with the same bytes.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine, type Engine } from "../../src/engine/index.ts";
import { type PreparedSet, prepare } from "../../src/images/index.ts";
import { convnet, type Network } from "../../src/nn/index.ts";
import { countCorrect, type Protocol, protocols, Trainer, type TrainingState, train } from "../../src/train/index.ts";
import { patches } from "../support/sets.ts";

const protocol: Protocol = { ...protocols.quick, name: "brief", epochs: 4, batch: 8, augment: "flip_crop" };
const network = convnet({ channels: 1, size: 16, classes: 3, depth: 2, width: 4, norm: "batch" });
let engine: Engine;
let set: PreparedSet;
beforeAll(async () => {
  engine = await createEngine({ workers: 2 });
  set = await prepare(patches(), { zca: false });
});
afterAll(() => engine.close());

/** Trains up to `most` steps. */
async function upTo(
  most: number,
  resume?: TrainingState,
  trained: Network = network,
  by: Protocol = protocol,
): Promise<TrainingState> {
  const run = train(set, { network: trained, protocol: by, seed: 3, resume, engine });
  for await (const { step } of run) if (step === most) break;
  return run.state();
}

describe("train", () => {
  it("resumed after any step, in an epoch or between two, equals never stopped", async () => {
    const whole = await upTo(Number.POSITIVE_INFINITY);
    expect(whole.step).toBe(20); // 36 images: five steps an epoch
    expect(whole.losses).toHaveLength(4);
    for (const step of [1, 5, 10, 13]) {
      const part = await upTo(step);
      expect(part.step).toBe(step);
      // The state is a copy that goes through plain numbers, as a file does.
      expect(await upTo(Number.POSITIVE_INFINITY, structuredClone(part))).toEqual(whole);
    }
    expect(await upTo(Number.POSITIVE_INFINITY, whole)).toEqual(whole);
  });

  it("ends the same with one worker as with two, though a batch of batch norm is shared by threads", async () => {
    const wide = convnet({ channels: 1, size: 16, classes: 3, depth: 2, width: 32, norm: "batch" });
    const one = await createEngine({ workers: 1 });
    try {
      const states = [engine, one].map(async (engine) => {
        const run = train(set, { network: wide, protocol: { ...protocol, epochs: 1 }, seed: 3, engine });
        for await (const { step } of run) expect(step).toBeGreaterThan(0);
        return run.state();
      });
      const [first, second] = await Promise.all(states);
      expect(second).toEqual(first);
    } finally {
      await one.close();
    }
  });

  it("under idc ends the same with one worker, two, three, and resumed within an epoch", async () => {
    const own = convnet({ channels: 1, size: 16, classes: 3, depth: 2, width: 8 });
    const idc: Protocol = { ...protocols.idc, epochs: 3, batch: 34 };
    const whole = await upTo(Number.POSITIVE_INFINITY, undefined, own, idc);
    expect(await upTo(Number.POSITIVE_INFINITY, await upTo(3, undefined, own, idc), own, idc)).toEqual(whole);
    for (const workers of [1, 3]) {
      const other = await createEngine({ workers });
      try {
        const run = train(set, { network: own, protocol: idc, seed: 3, engine: other });
        for await (const { step } of run) expect(step).toBeGreaterThan(0);
        expect(run.state()).toEqual(whole);
      } finally {
        await other.close();
      }
    }
  });

  it("learns what tells the classes apart", async () => {
    const small = convnet({ channels: 1, size: 16, classes: 3, depth: 2, width: 8 });
    const longer = { ...protocol, epochs: 15 };
    const run = train(set, { network: small, protocol: longer, engine });
    const losses: number[] = [];
    for await (const { loss } of run) losses.push(loss);
    const { losses: means, parameters } = run.state();
    expect(means[14]).toBeLessThan(0.5 * means[0]);
    expect(means[0]).toBeCloseTo((8 * (losses[0] + losses[1] + losses[2] + losses[3]) + 4 * losses[4]) / 36, 10);
    const test = await prepare(patches({ seed: 9, perClass: 20 }), { zca: false });
    expect(await countCorrect(new Trainer(small, parameters, engine), test)).toBeGreaterThan(36);
  });

  it("refuses the state of another network", async () => {
    const state = await upTo(1);
    const other = convnet({ channels: 1, size: 16, classes: 3, depth: 2, width: 8 });
    await expect(upTo(2, state, other)).rejects.toThrow(
      "the state to resume from does not fit convnet: features.0.weight",
    );
  });
});
