import { describe, expect, it } from "vitest";
import { trainSteps } from "../../src/evaluate/index.ts";
import { type ConvNetOptions, convnet } from "../../src/nn/index.ts";
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
