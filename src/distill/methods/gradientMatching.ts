// DC (Zhao, Mopuri & Bilen, ICLR 2021) and DSA (Zhao & Bilen, ICML 2021): gradients of the network's loss, matched while the
// network learns from the synthetic images.

import type { Program } from "../../engine/types.ts";
import { DatadamError } from "../../errors.ts";
import { Trainer, trainEpoch } from "../../train/index.ts";
import type { Protocol } from "../../train/types.ts";
import { GradientMatcher } from "../matching/gradients.ts";
import { bindParameters } from "../matching/match.ts";
import type { MakeMethod } from "../method.ts";

/** The outer loop is `rounds`; the inner loop, between two of them, trains the network by plain SGD. */
export const gradientMatching: MakeMethod = ({ network, config, engine }) => {
  const { outerLoops, innerLoops, lrNet, batchTrain, augment } = config;
  const protocol: Protocol = {
    name: "inner loop",
    epochs: innerLoops,
    batch: batchTrain,
    lr: lrNet,
    momentum: 0,
    weightDecay: 0,
    schedule: { kind: "milestones", at: [], factor: 1, resetMomentum: false },
    augment,
  };
  const programs = new Map<string, Program>();
  return {
    matching: new GradientMatcher({ network, fresh: outerLoops === 1 }, engine),
    rounds: outerLoops,
    async train({ values }, images, labels, key) {
      const parameters = Object.fromEntries(
        network.parameters.map(({ name, shape }) => [name, { shape, data: values[name] }]),
      );
      const trainer = new Trainer(network, parameters, engine, programs);
      const [channels, height, width] = network.input;
      const set = { images, labels, shape: [channels, height, width] as const };
      try {
        for (let epoch = 0; epoch < innerLoops; epoch++) await trainEpoch(trainer, set, protocol, epoch, key);
      } catch (cause) {
        if (!(cause instanceof DatadamError && cause.code === "DIVERGED")) throw cause;
        const hint = "Use a smaller lrNet, or a smaller lrImg.";
        throw new DatadamError("DIVERGED", `inner loop on the synthetic images: ${cause.message}`, { hint, cause });
      }
      return bindParameters(trainer.parameters);
    },
    measures: (gradients) => ({
      loss: gradients.reduce((total, distance) => total + distance, 0),
      attention: [],
      gradients,
    }),
  };
};
