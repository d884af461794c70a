// What a configuration leaves open, settled for a data set; and what cannot be distilled.

import { autoStrategy } from "../../augment/index.ts";
import { DatadamError } from "../../errors.ts";
import { factorFault } from "../../images/factor.ts";
import { type NetworkConfig, networkKeys } from "../../nn/index.ts";
import type { DistillConfig, MethodName, ResolvedConfig } from "./schema.ts";
import { resolveCustomKeys, resolveNetworkKeys } from "./settleNetwork.ts";

/** What {@link resolveConfig} needs to know of a data set; an `ImageSet` has it. */
export interface SetFacts {
  /** e.g. `cifar10/train`. */
  readonly name: string;
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly flippable?: boolean;
}

/** What {@link resolveConfig} needs to know of a network that a user made. */
export interface CustomNetwork {
  readonly name: string;
  readonly activationCount: number;
  readonly usesBatchStatistics: boolean;
}

/** From this many pixels on the paper's table has other values. */
const HIGH_RESOLUTION = 128;

/**
 * Replaces every `"auto"` by its value for a data set.
 *
 * @param custom a network of the user's own, which the configuration's `arch` and its options do not describe.
 * @throws DatadamError INVALID_OPTION where the network does not fit the images or `layers` names a block it lacks.
 */
export function resolveConfig(config: DistillConfig, set: SetFacts, custom?: CustomNetwork): ResolvedConfig {
  const side = Math.min(...set.shape.slice(1));
  const { keys, activationCount } =
    custom === undefined ? resolveNetworkKeys(config, set) : resolveCustomKeys(config, custom);
  const layers = settleLayers(config.layers, activationCount);
  const beyond = layers.find((layer) => layer >= activationCount);
  if (beyond !== undefined) {
    throw new DatadamError(
      "INVALID_OPTION",
      `layers: the network has activation maps 0 to ${activationCount - 1}, not ${beyond}`,
      { hint: `Name maps that it has, e.g. layers=[${activationCount - 1}].` },
    );
  }
  const fault = factorFault(set.shape, config.factor);
  if (fault !== undefined) {
    throw new DatadamError("INVALID_OPTION", `factor: ${fault}`, {
      hint: "Use a factor that divides height and width, or 1.",
    });
  }
  const problem = impossible(config);
  if (problem !== undefined) throw new DatadamError("INVALID_OPTION", problem.reason, { hint: problem.hint });
  const gradients = matchesGradients(config.method);
  return {
    ...withoutNetworkKeys(config),
    ...keys,
    layers: [...new Set(layers)].sort((a, b) => a - b),
    lambda: config.lambda === "auto" ? (side >= HIGH_RESOLUTION ? 0.02 : 0.01) : config.lambda,
    lrImg: config.lrImg === "auto" ? (gradients ? 0.1 : config.ipc <= 50 ? 1 : 10) : config.lrImg,
    zca: settleZca(config.zca, set.name),
    augment:
      config.augment !== "auto"
        ? config.augment
        : config.method === "dc"
          ? "none"
          : autoStrategy(set.flippable ?? true),
    outerLoops: settleOuterLoops(config),
    innerLoops: gradients ? (config.innerLoops === "auto" ? innerLoops(config.ipc) : config.innerLoops) : 1,
  };
}

/** Whether a method matches the gradients of the network's loss (DC and its kin). */
export function matchesGradients(method: MethodName): boolean {
  return method === "dc" || method === "dsa";
}

/** Why classes cannot be distilled apart, if they cannot, and what helps. */
export function shardObstacle(
  config: Pick<DistillConfig, "norm" | "method" | "outerLoops" | "ipc">,
): { readonly reason: string; readonly hint: string } | undefined {
  if (config.norm === "batch") {
    return {
      reason: "norm batch couples the classes (batch statistics are taken over all of them)",
      hint: "Distil all classes in one run, or use norm instance.",
    };
  }
  if (settleOuterLoops(config) === 1) return undefined;
  return {
    reason: `method ${config.method} trains its network on the synthetic images of all classes`,
    hint: "Distil all classes in one run, or set outerLoops to 1 (as at ipc 1: then nothing is trained).",
  };
}

function settleOuterLoops({ method, outerLoops, ipc }: Pick<DistillConfig, "method" | "outerLoops" | "ipc">): number {
  if (!matchesGradients(method)) return 1;
  return outerLoops === "auto" ? Math.min(ipc, 50) : outerLoops;
}

/** The papers' numbers at ipc 1, 10, 20, 30, 40 and 50. */
function innerLoops(ipc: number): number {
  if (ipc === 1) return 1;
  const known = [50, 25, 20, 15];
  return known[Math.ceil(ipc / 10) - 1] ?? 10;
}

/** Whether images are whitened. `auto`: those of CIFAR, as in the paper. */
export function settleZca(zca: DistillConfig["zca"], name: string): boolean {
  return zca === "auto" ? /^cifar/i.test(name) : zca;
}

function settleLayers(layers: DistillConfig["layers"], depth: number): readonly number[] {
  if (typeof layers !== "string") return layers;
  const all = Array.from({ length: depth }, (_, index) => index);
  if (layers === "all") return all;
  return layers === "last" || depth === 1 ? all.slice(-1) : all.slice(0, -1);
}

/** Why a configuration cannot be distilled whatever the data, if it cannot, and what helps. */
export function impossible({
  method,
  norm,
  attentionWeight,
  lambda,
}: DistillConfig): { readonly reason: string; readonly hint: string } | undefined {
  if (method === "datadam" && attentionWeight === 0 && lambda === 0) {
    return {
      reason: "attentionWeight and lambda are both 0: nothing is matched",
      hint: "Set one of them above 0.",
    };
  }
  if (matchesGradients(method) && norm === "batch") {
    return {
      reason: `method ${method} takes the gradient of one class at a time, whose batch statistics would be those of that class alone`,
      hint: "Use norm instance, group, layer or none.",
    };
  }
  return undefined;
}

function withoutNetworkKeys(config: DistillConfig): Omit<DistillConfig, keyof NetworkConfig> {
  const own: readonly string[] = ["arch", ...networkKeys];
  return Object.fromEntries(Object.entries(config).filter(([key]) => !own.includes(key))) as typeof config;
}
