// The networks that a job names: one row each.

import { DatadamError } from "../errors.ts";
import { type NetworkChoice, networkFor, poolOf } from "../evaluate/index.ts";
import type { SyntheticSet } from "../images/types.ts";
import { architectureOf, type Norm } from "../nn/index.ts";

export interface NetworkNames {
  readonly arch?: readonly string[];
  readonly pool?: string;
  readonly norm?: readonly Norm[];
  /** One network with its options. */
  readonly network?: NetworkChoice | undefined;
}

/**
 * Every architecture (or member of the pool) with every norm; an architecture without norm layers once. All are built, so that mistakes show before
 * the first is trained.
 *
 * @param fallback norm of the protocol, where it says one.
 * @param warn told of norms that an architecture cannot have.
 * @throws DatadamError `INVALID_OPTION` for unknown names, and networks that do not fit the images.
 */
export function planNetworks(
  set: SyntheticSet,
  { arch, pool, norm, network }: NetworkNames,
  fallback?: Norm,
  warn: (message: string) => void = () => {},
): NetworkChoice[] {
  if (arch !== undefined && pool !== undefined) {
    throw new DatadamError("INVALID_OPTION", "`arch` and `pool` both name networks", { hint: "Give one of them." });
  }
  const named = [arch, pool, norm].some((names) => names !== undefined);
  if (network !== undefined && named) {
    throw new DatadamError("INVALID_OPTION", "`network` goes without `arch`, `pool` and `norm`");
  }
  const members: readonly NetworkChoice[] =
    network !== undefined
      ? [network]
      : pool === undefined
        ? (arch ?? [undefined]).map((name) => (name === undefined ? {} : { arch: name }))
        : poolOf(pool);
  const rows = members.flatMap((member): NetworkChoice[] => {
    const name = typeof member.arch === "string" ? member.arch : String(set.provenance.arch ?? "convnet");
    const only = architectureOf(name)?.norms;
    const fixed = only?.length === 1 || member.norm !== undefined;
    const lost = fixed ? norm?.filter((own) => own !== (member.norm ?? only?.[0])) : undefined;
    if (lost !== undefined && lost.length > 0)
      warn(`${name} is tested once: \`norm\` ${lost.join(",")} does not apply to it`);
    return norm === undefined || fixed ? [member] : norm.map((own) => ({ ...member, norm: own }));
  });
  return rows.map((row) => {
    const { name, options } = networkFor(set, row, fallback);
    // All said: random real images have no provenance to take it from.
    const keys = ["width", "depth", "norm", "activation", "pooling"].filter((key) => options[key] !== undefined);
    return { arch: name, ...Object.fromEntries(keys.map((key) => [key, options[key]])) };
  });
}

/** e.g. `resnet18, batch norm` or `convnet, depth 2, width 128, instance norm`. */
export function titleOf(network: Readonly<Record<string, unknown>>): string {
  const { depth, width, norm, activation, pooling } = network;
  const name = String(network.name ?? network.arch);
  return [
    name,
    ...(depth === undefined ? [] : [`depth ${depth}`]),
    ...(width === undefined || width === architectureOf(name)?.width ? [] : [`width ${width}`]),
    ...(norm === undefined || norm === "none" ? [] : [`${norm} norm`]),
    ...(activation === undefined || activation === "relu" ? [] : [activation]),
    ...(pooling === undefined || pooling === "average" ? [] : [`pooling ${pooling}`]),
  ].join(", ");
}
