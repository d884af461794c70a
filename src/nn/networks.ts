// Networks by name.

import { alexnet } from "./architectures/alexnet.ts";
import { type ConvNetOptions, convnet } from "./architectures/convnet.ts";
import { lenet } from "./architectures/lenet.ts";
import { mlp } from "./architectures/mlp.ts";
import { resnet10, resnet10ap, resnet18, resnet18ap } from "./architectures/resnet.ts";
import { vgg11, vgg13, vgg16 } from "./architectures/vgg.ts";
import { vit } from "./architectures/vit.ts";
import type { ArchitectureName } from "./architectures.ts";
import type { Network } from "./network.ts";

/** What any network may be asked to be; each takes what applies to it. */
export type AnyNetworkOptions = ConvNetOptions;

/** A function that makes a network for images of a kind: one of {@link networks}, or your own. */
export type NetworkBuilder = (options: AnyNetworkOptions) => Network;

/** All networks by name. */
export const networks: Readonly<Record<ArchitectureName, NetworkBuilder>> = {
  convnet,
  alexnet,
  vgg11,
  vgg13,
  vgg16,
  resnet10,
  resnet18,
  resnet10ap,
  resnet18ap,
  lenet,
  mlp,
  vit,
};

/**
 * Builds a network by name: `buildNetwork("resnet18", { size: 64, classes: 200, norm: "batch" })`.
 *
 * @throws RangeError for an unknown name, and what the network itself refuses.
 */
export function buildNetwork(name: string, options: AnyNetworkOptions = {}): Network {
  if (!Object.hasOwn(networks, name)) {
    throw new RangeError(`unknown network "${name}"; known: ${Object.keys(networks).join(", ")}`);
  }
  return networks[name as ArchitectureName](options);
}
