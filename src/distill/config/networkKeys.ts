// The network's keys of a configuration, with their values where they are "auto".

import {
  architectures,
  type Network,
  type NetworkChoice,
  type NetworkConfig,
  type NetworkImages,
  networkKeys,
  type ResolvedNetworkConfig,
  resolveNetwork,
} from "../../nn/index.ts";

/** A network's keys, and what of the network the keys of methods depend on. */
export interface ResolvedKeys {
  readonly keys: ResolvedNetworkConfig;
  /** Activation maps that attention can match. */
  readonly activationCount: number;
}

/** What is known of a network that a user made. */
export interface CustomNetwork {
  readonly name: string;
  readonly activationCount: number;
  readonly usesBatchStatistics: boolean;
}

/**
 * Keys that the architecture lacks are absent. The norm is `none` where the architecture has no norm layers.
 *
 * @param custom a network of the user's own, which is not built by these keys: only its norm is known.
 * @throws DatadamError INVALID_OPTION where an option does not apply, or the images are too small.
 */
export function resolveNetworkKeys(
  config: NetworkConfig,
  shape: NetworkImages["shape"],
  custom?: CustomNetwork,
): ResolvedKeys {
  const { arch } = config;
  if (custom !== undefined) {
    const { activationCount, usesBatchStatistics } = custom;
    return { keys: { arch, norm: usesBatchStatistics ? "batch" : "none" }, activationCount };
  }
  // The number of classes decides none of the keys.
  const { activationCount, options } = networkOf(config, { shape, classNames: ["any"] });
  const present = networkKeys.filter((key) => options[key] !== undefined);
  const keys = Object.fromEntries(present.map((key) => [key, options[key]])) as Omit<ResolvedNetworkConfig, "arch">;
  return { keys: { arch, ...keys }, activationCount };
}

/** The network of a configuration. @throws DatadamError INVALID_OPTION where it does not fit the images */
export function networkOf(config: NetworkConfig | ResolvedNetworkConfig, images: NetworkImages): Network {
  const layered = architectures[config.arch].facts.norms.length > 1;
  return resolveNetwork({ ...config, norm: layered ? config.norm : undefined } as NetworkChoice, images);
}

/** A configuration without the network's keys. */
export function withoutNetworkKeys<Config extends object>(config: Config): Omit<Config, keyof NetworkConfig> {
  const dropped: readonly string[] = ["arch", ...networkKeys];
  return Object.fromEntries(Object.entries(config).filter(([key]) => !dropped.includes(key))) as Config;
}
