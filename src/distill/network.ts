// The network whose maps are matched: by configuration, or the user's own.

import { DatadamError } from "../errors.ts";
import { buildNetwork, imageOptions, type Network, type NetworkBuilder } from "../nn/index.ts";
import type { ResolvedCommon } from "./config/common.ts";

interface Subject {
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly classNames: readonly string[];
}

/** @throws DatadamError INVALID_OPTION where the architecture refuses its options or the images. */
export function networkOf({ arch, depth, width, norm, activation, pooling }: ResolvedCommon, set: Subject): Network {
  const options = { ...imageOptions(set.shape, set.classNames.length), width, norm };
  return said(() => buildNetwork(arch, arch === "convnet" ? { ...options, depth, activation, pooling } : options));
}

/** @throws DatadamError INVALID_OPTION where the builder refuses the images, or its network is not for them. */
export function customNetwork(build: NetworkBuilder, set: Subject): Network {
  const network = said(() => build(imageOptions(set.shape, set.classNames.length)));
  if (network.input.join() !== set.shape.join()) {
    throw new DatadamError(
      "INVALID_OPTION",
      `network ${network.name} takes images of ${network.input.join(" x ")}, the set has ${set.shape.join(" x ")}`,
    );
  }
  if (network.classes < set.classNames.length) {
    throw new DatadamError(
      "INVALID_OPTION",
      `network ${network.name} tells ${network.classes} classes apart, the set has ${set.classNames.length}`,
    );
  }
  return network;
}

function said(build: () => Network): Network {
  try {
    return build();
  } catch (error) {
    if (error instanceof RangeError) throw new DatadamError("INVALID_OPTION", error.message, { cause: error });
    throw error;
  }
}
