// What is known of each architecture before one is built. Plain data: configuration and help need no tensors.

import type { Activation, Norm, Pooling } from "./names.ts";

export interface Architecture {
  /** Default width: channels of the first block (hidden units of `mlp`, token length of `vit`); later blocks follow it. */
  readonly width: number;
  /** Norms it can have, its default first. */
  readonly norms: readonly [Norm, ...Norm[]];
  /** Activation maps that attention can use; undefined: as many as its `depth`, which is an option. */
  readonly maps: number | undefined;
  /** Undefined: an option. */
  readonly activation: Activation | undefined;
  /** Undefined: an option. */
  readonly pooling: Pooling | undefined;
  /** Least height and width of its images, in pixels. */
  readonly smallest: number;
}

const ANY = ["instance", "none", "group", "layer", "batch"] as const;
const vgg = (maps: number): Architecture => ({
  width: 64,
  norms: ANY,
  maps,
  activation: "relu",
  pooling: "max",
  smallest: 28,
});
const resnet = (maps: number, pooling: Pooling): Architecture => ({
  width: 64,
  norms: ["instance", "group", "layer", "batch"],
  maps,
  activation: "relu",
  pooling,
  smallest: 16,
});

export type ArchitectureName =
  | "convnet"
  | "alexnet"
  | "vgg11"
  | "vgg13"
  | "vgg16"
  | "resnet10"
  | "resnet18"
  | "resnet10ap"
  | "resnet18ap"
  | "lenet"
  | "mlp"
  | "vit";

/** All architectures by name. */
export const architectures: Readonly<Record<ArchitectureName, Architecture>> = {
  convnet: { width: 128, norms: ANY, maps: undefined, activation: undefined, pooling: undefined, smallest: 1 },
  alexnet: {
    width: 128,
    norms: ["none", "instance", "group", "layer", "batch"],
    maps: 5,
    activation: "relu",
    pooling: "max",
    smallest: 8,
  },
  vgg11: vgg(8),
  vgg13: vgg(10),
  vgg16: vgg(13),
  resnet10: resnet(5, "none"),
  resnet18: resnet(9, "none"),
  resnet10ap: resnet(5, "average"),
  resnet18ap: resnet(9, "average"),
  lenet: { width: 6, norms: ["none"], maps: 2, activation: "relu", pooling: "max", smallest: 16 },
  mlp: { width: 128, norms: ["none"], maps: 0, activation: "relu", pooling: "none", smallest: 1 },
  vit: { width: 512, norms: ["none"], maps: 0, activation: undefined, pooling: "none", smallest: 4 },
};

/** What is known of an architecture; undefined where there is none of that name. */
export function architectureOf(name: string): Architecture | undefined {
  return Object.hasOwn(architectures, name) ? architectures[name as ArchitectureName] : undefined;
}

/** Blocks of a ConvNet for images of `side` px: 3 at 28 and 32, 4 at 64, 5 at 128. */
export function convnetDepth(side: number): number {
  return Math.min(8, Math.max(1, Math.round(Math.log2(side)) - 2));
}
