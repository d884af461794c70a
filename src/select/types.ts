// What a selection of real images takes.

import type { Engine } from "../engine/types.ts";
import type { Multiply } from "../linalg/types.ts";
import type { ArchitectureName, Arrays, Network } from "../nn/index.ts";

/** How images are chosen. */
export type SelectMethod = "random" | "herding" | "k-center" | "k-means" | "forgetting";

export interface SelectOptions {
  /**
   * - `random`: every choice equally likely.
   * - `herding`: one after the other, the image that brings the mean of those chosen nearest to the mean of the class.
   * - `k-center`: first the image nearest to the mean of the class, then always the one farthest from all chosen ones.
   * - `k-means`: the image nearest to each of `ipc` k-means centres. The strongest of them as a baseline.
   * - `forgetting`: the images that a network in training most often stops answering correctly.
   */
  readonly method: SelectMethod;
  /** Images per class. */
  readonly ipc: number;
  /**
   * Multi-formation: `ipc * factor`^2 images of a class are chosen, and `factor` x `factor` of them, each reduced to a
   * `factor`-th of its height and width by means over squares of pixels, are the parts of one. Default 1.
   */
  readonly factor?: number;
  /** Default 0. */
  readonly seed?: number;
  /**
   * Where distances are taken: `"pixels"` of the prepared images, or the flattened last features of a network: one of
   * `networks` by name, as wide, deep and normalised as it is by default, or one that was built. Default `"convnet"`:
   * for the images' size, 128 wide, with instance norm. `forgetting` trains this network.
   */
  readonly features?: "pixels" | ArchitectureName | Network;
  /** Of the features' network, by `state_dict` name. Default: random ones, by the seed. */
  readonly parameters?: Arrays;
  /** Of training, for `forgetting`. Default 10. */
  readonly epochs?: number;
  /** A shard: these classes only. What is chosen for a class does not depend on the others. Default: all. */
  readonly classes?: readonly number[];
  /** Default: one made for this call, on the CPU, where a network is needed. */
  readonly engine?: Engine;
  /** Matrix products. Default: ONNX Runtime in worker threads, or plain TypeScript for small sets. */
  readonly multiply?: Multiply;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SelectProgress) => void;
}

export interface SelectProgress {
  readonly stage: "training" | "features" | "choosing";
  /** From 0 to 1 in each stage. */
  readonly done: number;
}
