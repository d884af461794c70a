// What DC and DSA share: gradients of the network's loss are matched while the network learns from the synthetic
// images.

import type { Program } from "../../engine/types.ts";
import { DatadamError } from "../../errors.ts";
import type { Protocol } from "../../train/types.ts";
import { defineMethod, type MakeMethod, type Obstacle, type OwnConfig, type Preset, type Zod } from "../method.ts";

const keys = (z: Zod) => ({
  outerLoops: z
    .union([z.int().positive(), z.literal("auto")])
    .default("auto")
    .describe("Matching steps with each network. auto: ipc, at most 50."),
  innerLoops: z
    .union([z.int().nonnegative(), z.literal("auto")])
    .default("auto")
    .describe(
      "Epochs of training the network on the synthetic images between two matching steps. auto: 1 at ipc 1, 50 " +
        "up to ipc 10, 25 to 20, 20 to 30, 15 to 40, 10 above.",
    ),
  lrNet: z.number().positive().default(0.01).describe("Learning rate of the network's SGD (no momentum)."),
  batchTrain: z.int().positive().default(256).describe("Batch of the network's training."),
});

type Keys = ReturnType<typeof keys>;
type Loops = Pick<OwnConfig<Keys>, "outerLoops" | "innerLoops"> & { readonly ipc: number };
type Resolved = { readonly [Key in keyof OwnConfig<Keys>]: Exclude<OwnConfig<Keys>[Key], "auto"> };

/** What the papers of DC and DSA share. */
export const RECIPE = {
  iterations: 1000,
  batchReal: 256,
  lrImg: "auto",
  momentum: 0.5,
  averaging: false,
  norm: "instance",
  zca: false,
  lrNet: 0.01,
  batchTrain: 256,
} satisfies Preset<Keys>;

interface Kin<Name extends string, PresetName extends string> {
  readonly name: Name;
  readonly summary: string;
  readonly presets: Readonly<Record<PresetName, Preset<Keys>>>;
  readonly auto: { readonly lrImg?: number; readonly augment?: string };
}

/** A method of this family. */
export function gradientMatching<const Name extends string, PresetName extends string>(
  definition: Kin<Name, PresetName>,
) {
  return defineMethod({
    ...definition,
    keys,
    resolve(config): Resolved {
      const { lrNet, batchTrain, innerLoops, ipc } = config;
      return {
        outerLoops: outerLoopsOf(config),
        innerLoops: innerLoops === "auto" ? innerLoopsFor(ipc) : innerLoops,
        lrNet,
        batchTrain,
      };
    },
    obstacle({ norm }): Obstacle | undefined {
      if (norm !== "batch") return undefined;
      return {
        reason:
          `method ${definition.name} takes the gradient of one class at a time, ` +
          "whose batch statistics would be those of that class alone",
        hint: "Use norm instance, group, layer or none.",
      };
    },
    shardObstacle(config): Obstacle | undefined {
      if (outerLoopsOf(config) === 1) return undefined;
      return {
        reason: `method ${definition.name} trains its network on the synthetic images of all classes`,
        hint: "Distil all classes in one run, or set outerLoops to 1 (as at ipc 1: then nothing is trained).",
      };
    },
    make,
  });
}

function outerLoopsOf({ outerLoops, ipc }: Pick<Loops, "outerLoops" | "ipc">): number {
  return outerLoops === "auto" ? Math.min(ipc, 50) : outerLoops;
}

/** The papers' numbers at ipc 1, 10, 20, 30, 40 and 50. */
function innerLoopsFor(ipc: number): number {
  if (ipc === 1) return 1;
  const known = [50, 25, 20, 15];
  return known[Math.ceil(ipc / 10) - 1] ?? 10;
}

/** The outer loop matches; the inner loop, between two of its steps, trains the network by plain SGD. */
const make: MakeMethod<Resolved & { readonly augment: string }> = async ({ network, config, engine }) => {
  const [{ Trainer, trainEpoch }, { GradientMatcher }, { bindParameters }] = await Promise.all([
    import("../../train/index.ts"),
    import("../matching/gradients.ts"),
    import("../matching/match.ts"),
  ]);
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
    outerSteps: outerLoops,
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
      gradients,
    }),
  };
};
