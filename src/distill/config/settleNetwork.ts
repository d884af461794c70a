// The network's keys of a configuration, with their values where they are "auto".

import { DatadamError } from "../../errors.ts";
import {
  architectureNames,
  architectures,
  type Network,
  type NetworkChoice,
  type NetworkConfig,
  type NetworkImages,
  networkKeys,
  type ResolvedNetworkConfig,
  resolveNetwork,
} from "../../nn/index.ts";
import type { CustomNetwork, DistillConfig, SetFacts } from "./index.ts";

/** A network's keys, and what of it the other keys depend on. */
export interface ResolvedKeys {
  readonly keys: ResolvedNetworkConfig;
  /** Activation maps that attention can match. */
  readonly activationCount: number;
}

/**
 * Keys that the architecture lacks are absent. The norm is `none` where the architecture has no norm layers.
 *
 * @throws DatadamError INVALID_OPTION where an option does not apply, the images are too small, or attention has nothing
 * to match.
 */
export function resolveNetworkKeys(config: DistillConfig, { shape }: SetFacts): ResolvedKeys {
  const { arch } = config;
  // The number of classes decides none of the keys.
  const { activationCount, options } = networkOf(config, { shape, classNames: ["any"] });
  assertMaps(config, `arch ${arch}`, activationCount);
  const own = networkKeys.filter((key) => options[key] !== undefined);
  const keys = Object.fromEntries(own.map((key) => [key, options[key]])) as Omit<ResolvedNetworkConfig, "arch">;
  return { keys: { arch, ...keys }, activationCount };
}

/** The network of a configuration. @throws DatadamError INVALID_OPTION */
export function networkOf(config: NetworkConfig | ResolvedNetworkConfig, images: NetworkImages): Network {
  const layered = architectures[config.arch].facts.norms.length > 1;
  return resolveNetwork({ ...config, norm: layered ? config.norm : undefined } as NetworkChoice, images);
}

/** Those of a network that a user made: its norm alone, since nothing of the configuration was used to build it. */
export function resolveCustomKeys(
  config: DistillConfig,
  { name, activationCount, usesBatchStatistics }: CustomNetwork,
): ResolvedKeys {
  assertMaps(config, `network ${name}`, activationCount);
  return { keys: { arch: config.arch, norm: usesBatchStatistics ? "batch" : "none" }, activationCount };
}

/** @throws DatadamError INVALID_OPTION where attention is matched, but the network has no maps. */
function assertMaps({ method, attentionWeight }: DistillConfig, network: string, maps: number): void {
  if (maps > 0 || method !== "datadam" || attentionWeight === 0) return;
  throw new DatadamError("INVALID_OPTION", `${network} has no activation maps that attention could match`, {
    hint: `Use a convolutional network (${withMaps().join(", ")}), attentionWeight 0, or another method.`,
  });
}

function withMaps(): string[] {
  return architectureNames.filter((name) => architectures[name]().activationCount > 0);
}
