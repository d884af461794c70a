// Which network an evaluation trains, and which ones where several are named.

import { DatadamError } from "../errors.ts";
import type { SyntheticSet } from "../images/types.ts";
import {
  architectureOf,
  type Network,
  type NetworkChoice,
  type Norm,
  networkKeys,
  type OwnOptions,
  resolveNetwork,
} from "../nn/index.ts";
import { poolOf } from "./pools.ts";

type Subject = Pick<SyntheticSet, "shape" | "classNames" | "provenance">;

/**
 * The network for a set: what `choice` leaves out is as in the protocol, else as in the set's distillation, else as the
 * architecture has it (see {@link resolveNetwork}).
 *
 * @param norm of the protocol, where it sets one.
 * @throws DatadamError `INVALID_OPTION` for an unknown architecture, options that do not apply to it, and images that
 * are too small for it.
 */
export function networkFor(set: Subject, choice: NetworkChoice, norm?: Norm): Network {
  return resolveNetwork(choice, set, [{ norm }, set.provenance]);
}

/** Networks by name, or a pool of them, each with every one of the norms. */
export interface NetworkNames {
  readonly arch?: readonly string[] | undefined;
  readonly pool?: string | undefined;
  readonly norm?: readonly Norm[] | undefined;
  /** One network with its options, instead of names. */
  readonly network?: NetworkChoice | undefined;
}

/**
 * Every architecture (or member of the pool) with every norm; an architecture without norm layers once. All are built,
 * so that mistakes show before the first is trained.
 *
 * @param norm of the protocol, where it sets one.
 * @param warn called with what of the norms an architecture cannot have.
 * @returns choices with every option explicit, so that they are the same network for any set of these images.
 * @throws DatadamError `INVALID_OPTION` for unknown names, and networks that do not fit the images.
 */
export function planNetworks(
  set: Subject,
  { arch, pool, norm: norms, network }: NetworkNames,
  norm?: Norm,
  warn: (message: string) => void = () => {},
): (NetworkChoice & { readonly arch: string })[] {
  if (arch !== undefined && pool !== undefined) {
    throw new DatadamError("INVALID_OPTION", "`arch` and `pool` both name networks", { hint: "Give one of them." });
  }
  if (network !== undefined && (arch ?? pool ?? norms) !== undefined) {
    throw new DatadamError("INVALID_OPTION", "`network` goes without `arch`, `pool` and `norm`");
  }
  const named = network ? [network] : (arch ?? [undefined]).map((name): NetworkChoice => ({ arch: name }));
  const rows = (pool === undefined ? named : poolOf(pool)).flatMap((member): NetworkChoice[] => {
    const name = typeof member.arch === "string" ? member.arch : String(set.provenance.arch ?? "convnet");
    const possible = architectureOf(name)?.facts.norms;
    const only = member.norm ?? (possible?.length === 1 ? possible[0] : undefined);
    if (norms === undefined || only === undefined)
      return (norms ?? [undefined]).map((each) => ({ norm: each, ...member }));
    const lost = norms.filter((each) => each !== only);
    if (lost.length > 0) warn(`${name} is tested once: \`norm\` ${lost.join(",")} does not apply to it`);
    return [member];
  });
  return rows.map((row) => {
    const { name, options } = networkFor(set, row, norm);
    const present = networkKeys.filter((key) => options[key] !== undefined);
    return { arch: name, ...(Object.fromEntries(present.map((key) => [key, options[key]])) as Partial<OwnOptions>) };
  });
}

/**
 * A network in words: `resnet18, batch norm` or `convnet, depth 2, width 128, instance norm`. Defaults are left out,
 * but for depth.
 */
export function networkTitle(network: Readonly<Record<string, unknown>>): string {
  const { depth, width, norm } = network;
  const name = String(network.name ?? network.arch);
  const known = architectureOf(name);
  const optionWords = Object.entries(known?.options ?? {}).flatMap(([key, spec]) => {
    const value = network[key];
    if (key === "depth" || value === undefined || value === spec.default) return [];
    return [spec.type === "choice" && key === "activation" ? String(value) : `${key} ${value}`];
  });
  return [
    name,
    ...(depth === undefined ? [] : [`depth ${depth}`]),
    ...(width === undefined || width === known?.facts.width ? [] : [`width ${width}`]),
    ...(norm === undefined || norm === "none" ? [] : [`${norm} norm`]),
    ...optionWords,
  ].join(", ");
}
