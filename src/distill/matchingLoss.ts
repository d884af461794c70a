// The loss of DataDAM as a function of arrays: the seam at which it is checked against other implementations.

import type { Engine } from "../engine/types.ts";
import { type Arrays, checkParameters, type NdArray, type Network } from "../nn/index.ts";
import { bindParameters, Matcher } from "./match.ts";
import { weightOf } from "./programs.ts";

export interface MatchingLossOptions {
  /** e.g. `convnet({ channels: 3, size: 32, classes: 10, depth: 3, width: 128, norm: "instance" })`. */
  readonly network: Network;
  /** The network's parameters by `state_dict` name. */
  readonly parameters: Arrays;
  /** `[classes * batchReal, c, h, w]`, in class order. */
  readonly real: NdArray;
  /** `[classes * ipc, c, h, w]`, in class order. */
  readonly synthetic: NdArray;
  readonly classes: number;
  /** Exponent of the attention maps. Default 4. */
  readonly power?: number;
  /** Weight of the features' term. Default 0.01. */
  readonly lambda?: number;
  /** Factor on the whole loss. Default 100. */
  readonly scale?: number;
  /** Indices of the matched activation maps. Default: all but the last. */
  readonly layers?: readonly number[];
  /** Default: one made for this call, on the CPU. */
  readonly engine?: Engine;
}

export interface MatchingLoss {
  /** `scale * (sum of attention + lambda * features)` */
  readonly loss: number;
  /** Squared distance of mean attention vectors, summed over classes, for each matched layer. */
  readonly attention: readonly number[];
  /** Squared distance of mean last features, summed over classes. */
  readonly features: number;
  /** Of `loss`, with respect to `synthetic`. */
  readonly gradient: NdArray;
}

/**
 * DataDAM's loss between real and synthetic images under one network, and its gradient (paper's L_SAM + lambda L_MMD,
 * times `scale`). With batch norm, the statistics are those of all classes together, real and synthetic apart.
 *
 * @throws RangeError where shapes do not fit the network, each other or `classes`.
 */
export async function matchingLoss(options: MatchingLossOptions): Promise<MatchingLoss> {
  const { network, real, synthetic, classes, power = 4, lambda = 0.01, scale = 100 } = options;
  const parameters = bindParameters(checkParameters(network, options.parameters));
  const maps = network.parameters.filter(({ shape }) => shape.length === 4).length;
  const layers = options.layers ?? Array.from({ length: Math.max(1, maps - 1) }, (_, i) => i);
  checkImages("real", real, options);
  checkImages("synthetic", synthetic, options);

  const engine = options.engine ?? (await (await import("../engine/index.ts")).createEngine());
  try {
    const matcher = new Matcher({ network, power, lambda, scale, layers, fresh: false }, engine);
    // With batch norm all classes are one group.
    const groups = network.coupled ? 1 : classes;
    const part = ({ data }: NdArray, group: number): Float32Array =>
      data.slice((group * data.length) / groups, ((group + 1) * data.length) / groups);
    const matches = await Promise.all(
      Array.from({ length: groups }, async (_, group) => {
        const targets = await matcher.targets(parameters, part(real, group), classes / groups);
        return matcher.match(parameters, targets, part(synthetic, group), classes / groups);
      }),
    );
    const gradient = new Float32Array(synthetic.data.length);
    let offset = 0;
    for (const match of matches) {
      gradient.set(match.gradient, offset);
      offset += match.gradient.length;
    }
    const distances = [...layers, -1].map((_, i) => matches.reduce((total, match) => total + match.distances[i], 0));
    const features = distances[layers.length];
    const attention = distances.slice(0, layers.length);
    const loss =
      weightOf(matcher.objective, "attention") * attention.reduce((total, distance) => total + distance, 0) +
      weightOf(matcher.objective, "features") * features;
    return { loss, attention, features, gradient: { shape: [...synthetic.shape], data: gradient } };
  } finally {
    if (options.engine === undefined) await engine.close();
  }
}

function checkImages(name: string, { shape, data }: NdArray, { network, classes }: MatchingLossOptions): void {
  const [n, ...image] = shape;
  if (image.join() !== network.input.join()) {
    throw new RangeError(`${name} images are [${image.join(", ")}], the network takes [${network.input.join(", ")}]`);
  }
  if (!(Number.isInteger(classes) && classes >= 1) || n % classes !== 0 || n === 0) {
    throw new RangeError(`${n} ${name} images cannot be shared evenly by ${classes} classes`);
  }
  if (data.length !== shape.reduce((product, extent) => product * extent, 1)) {
    throw new RangeError(`${name}: ${data.length} numbers do not fill [${shape.join(", ")}]`);
  }
}
