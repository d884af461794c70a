// Which network a set of parameters belongs to.

import { imageOptions } from "./architecture.ts";
import { type ConvNetOptions, convnet } from "./architectures/convnet.ts";
import type { Network } from "./network.ts";
import { buildNetwork } from "./registry.ts";
import { type NetworkChoice, type NetworkImages, resolveNetwork } from "./resolveNetwork.ts";

type Shapes = Readonly<Record<string, { readonly shape: readonly number[] }>>;

/** What parameters do not say. */
export interface ConvNetContext extends Pick<ConvNetOptions, "norm" | "activation" | "pooling"> {
  /** Of the images: `[channels, height, width]`. */
  readonly shape: readonly [number, number, number];
  readonly classes: number;
}

/** The images that parameters are for, and what is known of their network. `arch` absent: a ConvNet. */
export type NetworkContext = NetworkImages & Omit<NetworkChoice, "arch"> & { readonly arch?: string | undefined };

/**
 * The network whose `state_dict` these tensors are. Of a ConvNet depth, width and the kind of layers are read off them;
 * of another architecture whether there is batch norm. The rest is as `context` says.
 *
 * @throws RangeError or DatadamError where they are no such network's. Whether all fit is for `loadParameters` to say.
 */
export function inferNetwork(tensors: Shapes, context: NetworkContext): Network {
  const { shape, classNames, ...choice } = context;
  if ((choice.arch ?? "convnet") === "convnet") {
    return inferConvNet(tensors, { ...choice, shape, classes: classNames.length });
  }
  const batch = Object.keys(tensors).some((name) => name.endsWith(".running_mean"));
  return resolveNetwork({ ...choice, norm: choice.norm ?? (batch ? "batch" : undefined) }, context);
}

/**
 * The network that parameters were recorded with: its name and its options.
 *
 * @param count of the tensors: each block has some, so that a record that lies about its depth is not built.
 * @throws RangeError where the record is of another network than `context` asks for, or cannot be built.
 */
export function recordedNetwork(
  { name, ...options }: Readonly<Record<string, unknown>>,
  count: number,
  { shape, classNames, arch }: NetworkContext,
): Network {
  if (Number(options.depth ?? 0) > count) throw new RangeError(`${count} tensors for a depth of ${options.depth}`);
  const network = buildNetwork(String(name), options);
  if (arch !== undefined && arch !== name) throw new RangeError(`they are those of ${name}, not of ${arch}`);
  if (network.input.join() !== shape.join() || network.classes !== classNames.length) {
    throw new RangeError(`they are for images of ${network.input.join(" x ")} and ${network.classes} classes`);
  }
  return network;
}

/**
 * The ConvNet whose `state_dict` these tensors are: its depth, width, whether it normalises (batch norm where there are
 * running statistics, layer norm where weights are `[c, h, w]`) and pools are read off names and shapes, the rest is as
 * `context` says.
 *
 * @throws RangeError where they are no ConvNet's. Whether all fit is for `loadParameters` to say.
 */
export function inferConvNet(
  tensors: Readonly<Record<string, { readonly shape: readonly number[] }>>,
  context: ConvNetContext,
): Network {
  const convolutions = Object.entries(tensors)
    .filter(([name, { shape }]) => /^features\.\d+\.weight$/.test(name) && shape.length === 4)
    .map(([name, { shape }]) => ({ position: Number(name.split(".")[1]), width: shape[0] }))
    .sort((a, b) => a.position - b.position);
  if (convolutions.length === 0 || convolutions[0].position !== 0) {
    throw new RangeError(
      `no ConvNet: there is no features.0.weight among ${Object.keys(tensors).slice(0, 5).join(", ")}`,
    );
  }
  const scale = tensors["features.1.weight"];
  const normed = scale !== undefined;
  const layered = scale?.shape.length === 3;
  const batch = tensors["features.1.running_mean"] !== undefined;
  const stride = convolutions[1]?.position ?? (normed ? 4 : 3);
  const { norm = "instance", activation, pooling = "average", shape, classes } = context;
  return convnet({
    ...imageOptions(shape, classes),
    depth: convolutions.length,
    width: convolutions[0].width,
    norm: !normed
      ? "none"
      : batch
        ? "batch"
        : layered
          ? "layer"
          : norm === "batch" || norm === "none"
            ? "instance"
            : norm,
    activation,
    pooling: stride === (normed ? 3 : 2) ? "none" : pooling === "none" ? "average" : pooling,
  });
}
