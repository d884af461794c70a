// Pools of networks that the dataset distillation family evaluates on, as data.

import { DatadamError } from "../errors.ts";
import type { NetworkChoice } from "../nn/index.ts";

const convnets = <Key extends keyof NetworkChoice>(
  key: Key,
  values: readonly NonNullable<NetworkChoice[Key]>[],
): readonly NetworkChoice[] => values.map((value) => ({ arch: "convnet", [key]: value }));

export type PoolName = "widths" | "depths" | "activations" | "poolings" | "norms" | "architectures";

/**
 * Each varies one thing of the ConvNet; what a member leaves out is as in distillation. `architectures` varies the
 * architecture.
 */
export const pools: Readonly<Record<PoolName, readonly NetworkChoice[]>> = {
  widths: convnets("width", [32, 64, 128, 256]),
  depths: convnets("depth", [1, 2, 3, 4]),
  activations: convnets("activation", ["sigmoid", "relu", "leaky_relu"]),
  poolings: convnets("pooling", ["none", "max", "average"]),
  norms: convnets("norm", ["none", "batch", "layer", "instance", "group"]),
  architectures: ["mlp", "convnet", "lenet", "alexnet", "vgg11", "resnet18"].map((arch) => ({ arch })),
};

/** @throws DatadamError `INVALID_OPTION` for an unknown name. */
export function poolOf(name: string): readonly NetworkChoice[] {
  if (Object.hasOwn(pools, name)) return pools[name as PoolName];
  throw new DatadamError("INVALID_OPTION", `unknown pool "${name}"`, {
    hint: `Known: ${Object.keys(pools).join(", ")}.`,
  });
}
