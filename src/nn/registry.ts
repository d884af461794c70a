// Architectures by name, and what follows from their list: types, names and keys of options.

import type { Architecture, NetworkOptions, OptionSpec, OptionValue } from "./architecture.ts";
import * as list from "./architectures/index.ts";
import type { Norm } from "./names.ts";
import type { Network } from "./network.ts";

type List = typeof list;

/** The name of an architecture of the library. */
export type ArchitectureName = keyof List;

type SpecOf<Built, Key extends string> = Built extends { readonly options: { readonly [K in Key]: infer Spec } }
  ? Spec
  : never;

/** A key of an option that some architecture has for itself. */
export type OwnKey = { [Name in ArchitectureName]: keyof List[Name]["options"] & string }[ArchitectureName];

/** The options that architectures have for themselves, of all of them together. */
export type OwnOptions = { readonly [Key in OwnKey]: OptionValue<SpecOf<List[ArchitectureName], Key>> };

/** Options of any network. Each architecture takes its own and refuses the rest. */
export type AnyNetworkOptions = NetworkOptions & { -readonly [Key in OwnKey]?: OwnOptions[Key] };

/** A function that builds a network for given images: one of {@link architectures}, or your own. */
export type NetworkBuilder = (options: AnyNetworkOptions) => Network;

/** An architecture by name: it takes the options of any, and refuses those it lacks. */
export interface KnownArchitecture extends Pick<Architecture, "facts" | "options"> {
  (options?: AnyNetworkOptions): Network;
}

/** All architectures by name. */
export const architectures = { ...list } as Readonly<Record<ArchitectureName, KnownArchitecture>>;

/** Names of all architectures. */
export const architectureNames = Object.keys(architectures) as [ArchitectureName, ...ArchitectureName[]];

/** The architecture of that name; undefined where there is none. */
export function architectureOf(name: string): KnownArchitecture | undefined {
  return Object.hasOwn(architectures, name) ? architectures[name as ArchitectureName] : undefined;
}

/** Each option that architectures have for themselves, with those that have it. */
export function ownOptions(): Map<OwnKey, { readonly name: ArchitectureName; readonly spec: OptionSpec }[]> {
  const found: ReturnType<typeof ownOptions> = new Map();
  for (const name of architectureNames) {
    for (const [key, spec] of Object.entries(architectures[name].options)) {
      found.set(key as OwnKey, [...(found.get(key as OwnKey) ?? []), { name, spec }]);
    }
  }
  return found;
}

/**
 * Keys that say what a network is like, beside its `arch`: `norm`, `width`, and what architectures have for themselves.
 */
export const networkKeys: readonly ("norm" | "width" | OwnKey)[] = ["norm", "width", ...ownOptions().keys()];

/**
 * Builds a network by name: `buildNetwork("resnet18", { size: 64, classes: 200, norm: "batch" })`.
 *
 * @throws RangeError for an unknown name, and what the architecture refuses.
 */
export function buildNetwork(name: string, options: AnyNetworkOptions = {}): Network {
  const build = architectureOf(name);
  if (build === undefined) throw new RangeError(`unknown network "${name}"; known: ${architectureNames.join(", ")}`);
  return build(options);
}

/** A network of the library, before the images are known. `"auto"`: the default of the architecture. */
export type NetworkConfig = {
  readonly arch: ArchitectureName;
  readonly norm: Norm;
  readonly width: number | "auto";
} & { readonly [Key in OwnKey]: OwnOptions[Key] | "auto" };

/** The same with every value known; keys that the architecture lacks are absent. */
export type ResolvedNetworkConfig = {
  readonly arch: ArchitectureName;
  readonly norm: Norm;
  readonly width?: number;
} & { readonly [Key in OwnKey]?: OwnOptions[Key] };
