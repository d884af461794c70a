// A finite family of networks with its real side kept elsewhere: what computes it, and what gives it back.

import { parsePolicy } from "../augment/index.ts";
import type { Binding, Engine } from "../engine/types.ts";
import type { PreparedSet } from "../images/types.ts";
import type { Arrays, Network } from "../nn/index.ts";
import { Key } from "../random/index.ts";
import type { AnyResolvedConfig } from "./config/schema.ts";
import { bindParameters } from "./matching/match.ts";
import type { Method, Targets } from "./method.ts";
import { type Place, placeOf, sharedAugmentation } from "./places.ts";
import { groupsOf, RealImages, randomValues } from "./realImages.ts";
import type { Family } from "./types.ts";

/** What real images give in networks of a family: what a program keeps that has a {@link family} of its own. */
export interface RealSide {
  /** Classes that are computed together: each alone, or all where the norm couples them. */
  readonly groups: readonly (readonly number[])[];
  /**
   * Float32 `[classes, d]` by quantity, of the classes of a group. It depends on seed, place and classes alone.
   *
   * @param parameters of network `place.number`, such as `bindParameters(randomNetwork(network, seed, place.number))`.
   * @param group its position in `groups`.
   */
  targets(place: Place, parameters: Binding, group: number): Promise<Targets>;
}

/** Which real side. */
export interface RealSideOptions {
  /** One with `statistics`. */
  readonly method: Method;
  /** Nothing is `"auto"`. `seed` names every draw, `batchReal`, `sampling` and `augment` say what is drawn. */
  readonly config: AnyResolvedConfig;
  readonly network: Network;
  /** Whether networks are trained. Default: they are as initialised. */
  readonly trained?: boolean;
}

/**
 * The real side of a configuration: batches of `batchReal` augmented images of each class.
 *
 * @param classes those of a shard. Default: all.
 * @throws DatadamError `INVALID_DATA` for a class without images
 */
export async function realSide(
  set: PreparedSet,
  { method, config, network, trained = false }: RealSideOptions,
  engine: Engine,
  classes: readonly number[] = set.classNames.map((_, label) => label),
): Promise<RealSide> {
  const { matching } = await method.make({ network, config, engine, trained });
  const groups = groupsOf(classes, network);
  const images = new RealImages({ set, config, key: Key.fromSeed(config.seed), classes, groups, matching });
  return {
    groups: groups.map((group) => group.map((position) => classes[position])),
    targets: ({ number, draw }, parameters, group) => images.draw(number, draw, parameters).targets(group),
  };
}

/** Where a family's networks and their real side are kept. */
export interface FamilySource {
  /** Whether they were trained. Default: they are as initialised. */
  readonly trained?: boolean;
  /** That of the {@link Family}. */
  readonly features?: (() => Promise<Arrays>) | undefined;
  /** Of network `number`, from 1: asked for when it is needed, perhaps several times. */
  parameters(number: number): Binding["values"];
  /** Of network `number` on training images, where it is known. */
  accuracy?(number: number): number | undefined;
  /** Float32 `[classes, d]` by quantity, of some classes, in their order: what {@link RealSide.targets} gave. */
  targets(place: Place, labels: readonly number[]): Promise<Targets>;
}

/**
 * A family that visits its networks in turn, first with their first draws: the `family` of `distill`.
 *
 * @param shape of an image, `[channels, height, width]`.
 * @param config that of the real side: `seed`, `networks`, `draws` and the augmentation, which synthetic images share.
 */
export function family(
  shape: PreparedSet["shape"],
  config: Pick<AnyResolvedConfig, "seed" | "networks" | "draws" | "augment" | "augmentMode">,
  source: FamilySource,
): Family {
  const drawn = { key: Key.fromSeed(config.seed), policy: parsePolicy(config.augment, config.augmentMode), shape };
  const bindings = new LazyBindings((number) => source.parameters(number));
  return {
    trained: source.trained ?? false,
    features: source.features,
    visit(iteration) {
      const place = placeOf(iteration, config);
      return {
        parameters: bindings.of(place.number),
        accuracy: source.accuracy?.(place.number),
        augmentation: (label) => sharedAugmentation(drawn, place, label),
        targets: (labels) => source.targets(place, labels),
      };
    },
  };
}

/** The parameters of random network `number` (from 1) of a seed: what `distill` with that seed draws. */
export function randomNetwork(network: Network, seed: number, number: number): Binding["values"] {
  return randomValues(network, Key.fromSeed(seed), number);
}

/** Bytes of parameters that a family holds; others are made again when an engine asks for them. */
const HELD_BYTES = 2 ** 28;

/** Values that are made when they are first asked for, and held while there is room. */
class LazyBindings {
  readonly #make: (number: number) => Binding["values"];
  readonly #bindings = new Map<number, Binding>();
  #bytes = 0;

  constructor(make: (number: number) => Binding["values"]) {
    this.#make = make;
  }

  of(number: number): Binding {
    const known = this.#bindings.get(number) ?? this.#lazy(number);
    this.#bindings.set(number, known);
    return known;
  }

  #lazy(number: number): Binding {
    let strong: Binding["values"] | undefined;
    let weak: WeakRef<Binding["values"]> | undefined;
    const values = (): Binding["values"] => {
      const made = this.#make(number);
      const bytes = Object.values(made).reduce((sum, { byteLength }) => sum + byteLength, 0);
      if (this.#bytes + bytes <= HELD_BYTES) {
        this.#bytes += bytes;
        strong = made;
      } else weak = new WeakRef(made);
      return made;
    };
    return {
      id: bindParameters({}).id,
      returns: true,
      get values() {
        return strong ?? weak?.deref() ?? values();
      },
    };
  }
}
