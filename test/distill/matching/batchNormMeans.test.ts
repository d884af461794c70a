// The real pass with batch norm in micro-batches is that of all images in one program, which is checked against
// PyTorch.

import { afterAll, describe, expect, test } from "vitest";
import { attentionObjective } from "../../../src/distill/matching/attentionObjective.ts";
import { BatchNormMeans } from "../../../src/distill/matching/batchNormMeans.ts";
import { bindParameters } from "../../../src/distill/matching/match.ts";
import { meansProgram, type Objective } from "../../../src/distill/matching/programs.ts";
import { createEngine } from "../../../src/engine/index.ts";
import { buildNetwork, convnet, type Network } from "../../../src/nn/index.ts";
import { draw } from "../../tensor/values.ts";

const one = await createEngine({ workers: 1 });
const two = await createEngine({ workers: 2 });
afterAll(() => Promise.all([one.close(), two.close()]));

const options = { cpu: true, winograd: true };
const classes = 3;
/** Not a multiple of a micro-batch. */
const count = 21;

function objectiveOf(network: Network): Objective {
  const loss = {
    power: 4,
    attentionReduction: "sum",
    attentionNorm: "l2",
    attentionWeight: 100,
    scale: 1,
    lambda: 1,
    errorType: "mse",
    layers: Array.from({ length: network.activationCount }, (_, i) => i),
  } as const;
  return attentionObjective(network, loss, false);
}

/** Parameters that leave nothing at one or zero. */
function parametersOf(network: Network): Record<string, Float32Array> {
  return Object.fromEntries(
    network.parameters.map(({ name, shape, initial }) => {
      const size = shape.reduce((product, extent) => product * extent, 1);
      const scale = "bound" in initial ? initial.bound : 0.3;
      return [
        name,
        draw("normal", size, name).map((value) => scale * value + ("value" in initial ? initial.value : 0)),
      ];
    }),
  );
}

const networks: Record<string, Network> = {
  "a ConvNet": convnet({ size: 16, channels: 3, classes, depth: 3, width: 32, norm: "batch" }),
  "a narrow ConvNet without pooling": convnet({
    size: 8,
    channels: 1,
    classes,
    depth: 2,
    width: 4,
    norm: "batch",
    pooling: "none",
    activation: "swish",
  }),
  "a ResNet": buildNetwork("resnet10", { size: 16, classes, width: 8, norm: "batch" }),
};

describe("means over images that batch norm couples", () => {
  for (const [name, network] of Object.entries(networks)) {
    test(`in micro-batches are those of one program: ${name}`, async () => {
      const objective = objectiveOf(network);
      const size = network.input.reduce((product, extent) => product * extent, 1);
      // Far from zero mean, and each class otherwise.
      const images = draw("normal", classes * count * size, name).map((value, i) => {
        return value * (1 + Math.floor(i / (count * size))) + 2;
      });
      const parameters = bindParameters(parametersOf(network));
      expect(BatchNormMeans.fits(objective)).toBe(true);
      const [parted, again] = await Promise.all(
        [one, two].map((engine) => new BatchNormMeans(objective, engine, options).means(parameters, images, classes)),
      );
      expect(again).toEqual(parted);
      const whole = await one.run(meansProgram(objective, classes, count, { cpu: true }), { images }, parameters);
      expect(Object.keys(parted)).toEqual(Object.keys(whole));
      for (const [quantity, means] of Object.entries(whole)) {
        const scale = Math.max(...means.map(Math.abs));
        const apart = Math.max(...means.map((value, i) => Math.abs(value - parted[quantity][i])));
        expect(apart / scale, quantity).toBeLessThan(2e-5);
        expect(new Set(means).size).toBeGreaterThan(classes);
      }
    });
  }

  test("are not parted where a network does not say what its norms normalise", () => {
    const network = networks["a ConvNet"];
    const silent: Network = {
      ...network,
      forward: (values, images, mode) => {
        const { normalized: _, ...outputs } = network.forward(values, images, mode);
        return outputs;
      },
    };
    expect(BatchNormMeans.fits(objectiveOf(silent))).toBe(false);
    expect(BatchNormMeans.fits(objectiveOf(convnet({ norm: "instance" })))).toBe(false);
  });
});
