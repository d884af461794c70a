// Which ConvNet a set of parameters belongs to.

import { type ConvNetOptions, convnet } from "./architectures/convnet.ts";
import type { Network } from "./network.ts";
import { imageOptions } from "./options.ts";

/** What parameters do not say. */
export interface ConvNetContext extends Pick<ConvNetOptions, "norm" | "activation" | "pooling"> {
  /** Of the images: `[channels, height, width]`. */
  readonly shape: readonly [number, number, number];
  readonly classes: number;
}

/**
 * The ConvNet whose `state_dict` these tensors are: its depth, width, whether it normalises (batch norm where there are running
 * statistics, layer norm where weights are `[c, h, w]`) and pools are read off names and shapes, the rest is as `context` says.
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
    ...(activation === undefined ? {} : { activation }),
    pooling: stride === (normed ? 3 : 2) ? "none" : pooling === "none" ? "average" : pooling,
  });
}
