// What of the network's options applies to its architecture, and their values where they are "auto".

import { DatadamError } from "../../errors.ts";
import { type Architecture, architectures, convnetDepth } from "../../nn/architectures.ts";
import type { CommonConfig, ResolvedCommon } from "./common.ts";
import type { SetFacts } from "./resolveConfig.ts";

export type SettledNetwork = Pick<ResolvedCommon, "depth" | "width" | "norm" | "activation" | "pooling">;

/**
 * `depth` is the number of activation maps. A fixed architecture says its own depth, activation and pooling; it may be told these, but no others.
 * The norm is `none` where the architecture has no norm layers.
 *
 * @throws DatadamError INVALID_OPTION where an option does not apply, the images are too small.
 */
export function settleNetwork(config: CommonConfig, { shape: [, height, width] }: SetFacts): SettledNetwork {
  const { arch } = config;
  const known = architectures[arch];
  const side = Math.min(height, width);
  if (side < known.smallest) {
    throw new DatadamError(
      "INVALID_OPTION",
      `arch ${arch} is too deep for images of ${height} x ${width} px; it needs ${known.smallest} px or more`,
      { hint: "Use larger images (--size), or another arch." },
    );
  }
  const settledWidth = config.width === "auto" ? known.width : config.width;
  if (known.maps === undefined) {
    const { norm, activation, pooling } = config;
    return { depth: settleDepth(config, height, width), width: settledWidth, norm, activation, pooling };
  }
  return { ...fixedOptions(config, known, known.maps), width: settledWidth, norm: normOf(config, known) };
}

function settleDepth(config: CommonConfig, height: number, width: number): number {
  const side = Math.min(height, width);
  const depth = config.depth === "auto" ? convnetDepth(side) : config.depth;
  if (depth === 0) throw new DatadamError("INVALID_OPTION", "depth must be at least 1 for arch convnet, got 0");
  if (config.pooling !== "none" && side < 2 ** depth && !(side === 28 && depth <= 5)) {
    throw new DatadamError("INVALID_OPTION", `depth ${depth} halves images of ${height} x ${width} px to nothing`, {
      hint: `Use depth ${Math.max(1, Math.floor(Math.log2(side)))} or less, or pooling none.`,
    });
  }
  return depth;
}

/** Values that a configuration has where nothing was said. */
const UNSAID = { depth: "auto", activation: "relu", pooling: "average" } as const;

function fixedOptions(
  config: CommonConfig,
  known: Architecture,
  maps: number,
): Pick<SettledNetwork, "depth" | "activation" | "pooling"> {
  const own = { depth: maps, activation: known.activation ?? "relu", pooling: known.pooling ?? "none" } as const;
  for (const key of ["depth", "activation", "pooling"] as const) {
    if (config[key] === UNSAID[key] || config[key] === own[key]) continue;
    throw new DatadamError("INVALID_OPTION", `${key} ${config[key]} does not apply to arch ${config.arch}`, {
      hint: `Leave ${key} out (${config.arch} has ${own[key]}), or use arch convnet.`,
    });
  }
  return own;
}

function normOf({ arch, norm }: CommonConfig, { norms }: Architecture): SettledNetwork["norm"] {
  if (norms.includes(norm)) return norm;
  if (norms.length === 1) return norms[0];
  throw new DatadamError("INVALID_OPTION", `norm ${norm} does not apply to arch ${arch}`, {
    hint: `It can have: ${norms.join(", ")}.`,
  });
}
