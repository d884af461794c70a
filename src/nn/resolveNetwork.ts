// Builds the network of a choice, for given images.

import { DatadamError } from "../errors.ts";
import { imageOptions } from "./architecture.ts";
import type { Norm } from "./names.ts";
import type { Network } from "./network.ts";
import { architectureNames, architectureOf, type NetworkBuilder, networkKeys, type OwnOptions } from "./registry.ts";

/**
 * A network, without the images it is for. Beside these keys it takes the options of architectures: `depth` (`convnet`,
 * `vit`), `activation` and `pooling` (`convnet`). A key that the architecture lacks is refused.
 */
export type NetworkChoice = {
  /**
   * The name of one of the library's networks, or a function that builds one. Default: as inherited, else `"convnet"`.
   */
  readonly arch?: string | NetworkBuilder;
  /** Default: as inherited where the architecture is the same, else that of the architecture. */
  readonly width?: number;
  /** Default: as inherited where the architecture can have it, else that of the architecture. */
  readonly norm?: Norm;
} & Partial<OwnOptions>;

/** The images that a network is for. */
export interface NetworkImages {
  readonly shape: readonly [channels: number, height: number, width: number];
  readonly classNames: readonly string[];
}

type Values = Readonly<Record<string, unknown>>;

/**
 * Builds the network that is chosen. What `choice` leaves out (or has as `"auto"`) is taken from the first of
 * `inherited` that has it: from a network of the same architecture (`arch`; absent, it is a convnet) every option, from
 * another its norm, where the architecture can have it. What is left is the default of the architecture.
 *
 * @param inherited e.g. the protocol of an evaluation, then the provenance of a set.
 * @throws DatadamError `INVALID_OPTION` for an unknown architecture, options that do not apply to it, and images that
 * are too small for it.
 */
export function resolveNetwork(
  choice: NetworkChoice,
  images: NetworkImages,
  inherited: readonly Values[] = [],
): Network {
  const explicit = known(choice);
  const arch = choice.arch ?? inherited.find((values) => values.arch !== undefined)?.arch ?? "convnet";
  const base = imageOptions(images.shape, images.classNames.length);
  if (typeof arch === "function") return built(() => (arch as NetworkBuilder)({ ...base, ...explicit }));
  const build = architectureOf(String(arch));
  if (build === undefined) {
    throw new DatadamError("INVALID_OPTION", `unknown network "${arch}"`, {
      hint: `Known: ${architectureNames.join(", ")}.`,
    });
  }
  const { facts, options } = build;
  const [, height, width] = images.shape;
  const defaults: Record<string, unknown> = Object.fromEntries(
    Object.entries(options).map(([key, spec]) => [key, spec.auto?.(height, width) ?? spec.default]),
  );
  for (const values of [...inherited].reverse()) {
    const { norm, ...rest } = known(values);
    if (facts.norms.includes(norm as Norm)) defaults.norm = norm;
    if (arch !== (values.arch ?? "convnet")) continue;
    for (const [key, value] of Object.entries(rest)) {
      if (key === "width" || Object.hasOwn(options, key)) defaults[key] = value;
    }
  }
  return built(() => build({ ...base, ...defaults, ...explicit }));
}

/**
 * A network that a user's function builds.
 *
 * @throws DatadamError `INVALID_OPTION` where the function refuses the images, or its network is not for them.
 */
export function resolveCustomNetwork(build: NetworkBuilder, { shape, classNames }: NetworkImages): Network {
  const network = built(() => build(imageOptions(shape, classNames.length)));
  if (network.input.join() !== shape.join()) {
    throw new DatadamError(
      "INVALID_OPTION",
      `network ${network.name} takes images of ${network.input.join(" x ")}, the set has ${shape.join(" x ")}`,
    );
  }
  if (network.classes < classNames.length) {
    throw new DatadamError(
      "INVALID_OPTION",
      `network ${network.name} has ${network.classes} outputs, the set has ${classNames.length} classes`,
    );
  }
  return network;
}

/** The keys of a network among these, where they have a value. */
function known(values: Values): Record<string, unknown> {
  const there = networkKeys.filter((key) => values[key] !== undefined && values[key] !== "auto");
  return Object.fromEntries(there.map((key) => [key, values[key]]));
}

function built(build: () => Network): Network {
  try {
    return build();
  } catch (error) {
    if (error instanceof RangeError) throw new DatadamError("INVALID_OPTION", error.message, { cause: error });
    throw error;
  }
}
