// What a configuration leaves open, resolved for a data set; and what cannot be distilled.

import { autoStrategy } from "../../augment/index.ts";
import { DatadamError } from "../../errors.ts";
import { factorFault } from "../../images/factor.ts";
import type { Method, Obstacle } from "../method.ts";
import { methods } from "../methods/index.ts";
import type { CommonConfig, ResolvedCommon } from "./common.ts";
import { type CustomNetwork, resolveNetworkKeys, withoutNetworkKeys } from "./networkKeys.ts";
import type {
  AnyConfig,
  AnyResolvedConfig,
  ConfigOf,
  DistillConfig,
  ResolvedConfig,
  ResolvedConfigOf,
} from "./schema.ts";
import { PIXEL_RATE } from "./spaces.ts";

/**
 * The rate on pixels of the methods of means for each image of a class, without momentum: a mean over n images divides
 * the gradient of each by n (DANCE, TGDD: 0.01 with momentum 0.5).
 */
const PIXEL_RATE_AN_IMAGE = 0.02;

/** What {@link resolveConfig} needs to know of a data set; an `ImageSet` has it. */
export interface SetFacts {
  /** e.g. `cifar10/train`. */
  readonly name: string;
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly flippable?: boolean;
}

/**
 * Replaces every `"auto"` by its value for a data set.
 *
 * @param custom a network of the user's own, which the configuration's `arch` and its options do not describe.
 * @throws DatadamError INVALID_OPTION where the network does not fit the images, or a key the network.
 */
export function resolveConfig(config: DistillConfig, set: SetFacts, custom?: CustomNetwork): ResolvedConfig {
  return resolveWith(methods[config.method], config, set, custom) as ResolvedConfig;
}

/** The same with a method that may be a user's own. */
export function resolveWith<M extends Method>(
  method: M,
  config: ConfigOf<M>,
  set: SetFacts,
  custom?: CustomNetwork,
): ResolvedConfigOf<M>;
export function resolveWith(
  method: Method,
  config: AnyConfig,
  set: SetFacts,
  custom?: CustomNetwork,
): AnyResolvedConfig {
  const obstacle = method.obstacle?.(config);
  if (obstacle !== undefined) throw new DatadamError("INVALID_OPTION", obstacle.reason, { hint: obstacle.hint });
  if (config.networks > 0 && method.statistics === undefined) {
    throw new DatadamError(
      "INVALID_OPTION",
      `networks: method ${method.name} does not match class means, so that each step needs real images`,
      { hint: "Leave out networks, or use a method of class means (datadam, dm)." },
    );
  }
  const fault = factorFault(set.shape, config.factor);
  if (fault !== undefined) {
    throw new DatadamError("INVALID_OPTION", `factor: ${fault}`, {
      hint: "Use a factor that divides height and width, or 1.",
    });
  }
  const { keys, activationCount } = resolveNetworkKeys(config, set.shape, custom);
  const label = custom === undefined ? `arch ${config.arch}` : `network ${custom.name}`;
  const facts = { shape: set.shape, network: { label, activationCount } };
  const common = withoutNetworkKeys(resolveCommon(config, set, method));
  return { ...common, ...keys, ...method.resolve?.(config, facts) };
}

function resolveCommon<Config extends CommonConfig>(
  config: Config,
  set: SetFacts,
  { auto = {} }: Pick<Method, "auto">,
): Config & Pick<ResolvedCommon, "draws" | "lrImg" | "zca" | "augment"> {
  const { draws, lrImg, augment } = config;
  const zca = config.zca === "auto" ? (auto.zca ?? resolveZca(config.zca, set.name)) : config.zca;
  if (config.space === "pixels" && zca) {
    throw new DatadamError("INVALID_OPTION", "space: whitened images (zca) are no pixels between 0 and 1", {
      hint: "Set zca to false, or space to normalized.",
    });
  }
  return {
    ...config,
    draws: draws === "auto" ? 1 : draws,
    lrImg: lrImg === "auto" ? rateOf(config, auto.lrImg) : lrImg,
    zca,
    augment: augment === "auto" ? (auto.augment ?? autoStrategy(set.flippable ?? true)) : augment,
  };
}

/** @param own the rate of the method, on normalised images. */
function rateOf({ ipc, momentum, space }: CommonConfig, own: number | undefined): number {
  if (space === "normalized") return own ?? (ipc <= 50 ? 1 : 10);
  return own === undefined ? PIXEL_RATE_AN_IMAGE * ipc * (1 - momentum) : PIXEL_RATE * own;
}

/** Whether images are whitened. `auto`: those of CIFAR, as in the paper. */
function resolveZca(zca: CommonConfig["zca"], name: string): boolean {
  return zca === "auto" ? /^cifar/i.test(name) : zca;
}

/** Why a configuration cannot be distilled whatever the data, if it cannot, and what helps. */
export function impossible(config: DistillConfig): Obstacle | undefined {
  return (methods[config.method] as Method).obstacle?.(config);
}

/** Why classes cannot be distilled apart from each other, if they cannot, and what helps. */
export function shardObstacle(
  config: AnyConfig | AnyResolvedConfig,
  method: Method = methods[config.method as keyof typeof methods],
): Obstacle | undefined {
  if (config.norm !== "batch") return method.shardObstacle?.(config);
  return {
    reason: "norm batch couples the classes (batch statistics are taken over all of them)",
    hint: "Distil all classes in one run, or use norm instance.",
  };
}
