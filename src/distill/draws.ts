// Which draw an iteration has: a fresh one, or one of a family's.

import type { Augmentation } from "../augment/index.ts";
import type { Binding } from "../engine/types.ts";
import type { ResolvedCommon } from "./config/common.ts";
import type { Targets } from "./method.ts";
import { placeOf } from "./places.ts";
import type { Draw, Group, RealImages } from "./realImages.ts";
import type { Family, Visit } from "./types.ts";

/** The draws of a distillation. */
export interface Draws {
  readonly groups: readonly Group[];
  /** That of an iteration, from 1. */
  first(iteration: number): Draw;
  /** That of a later outer step, whose network was trained meanwhile. */
  later(iteration: number, outerStep: number, parameters: Binding): Draw;
}

/** A fresh network and a fresh batch each iteration. */
export function freshDraws(real: RealImages, fresh: (iteration: number) => Binding): Draws {
  return {
    groups: real.source.groups,
    first: (iteration) => real.draw(iteration, 0, fresh(iteration)),
    later: (iteration, outerStep, parameters) => real.draw(iteration, outerStep, parameters),
  };
}

/** Draws of a finite family in memory: what the real images give in one is computed when it is first visited. */
export function keptDraws(
  real: RealImages,
  fresh: (number: number) => Binding,
  config: Pick<ResolvedCommon, "networks" | "draws">,
): Draws {
  const bindings = new Map<number, Binding>();
  const draws = new Map<string, Draw>();
  return {
    groups: real.source.groups,
    first(iteration) {
      const { number, draw } = placeOf(iteration, config);
      const parameters = bindings.get(number) ?? { ...fresh(number), returns: true };
      bindings.set(number, parameters);
      const place = `${number} ${draw}`;
      const known = draws.get(place) ?? real.draw(number, draw, parameters);
      draws.set(place, known);
      return known;
    },
    later: noLater,
  };
}

/** Draws of a family whose real side was computed before. @param classes of the shard */
export function familyDraws(family: Family, classes: readonly number[], groups: readonly Group[]): Draws {
  return {
    groups,
    first: (iteration) => new FamilyDraw(family.visit(iteration), classes, groups),
    later: noLater,
  };
}

class FamilyDraw implements Draw {
  readonly #visit: Visit;
  readonly #classes: readonly number[];
  readonly #groups: readonly Group[];
  readonly #augmentations: (Augmentation | undefined)[] = [];
  readonly #targets: (Promise<Targets> | undefined)[] = [];

  constructor(visit: Visit, classes: readonly number[], groups: readonly Group[]) {
    this.#visit = visit;
    this.#classes = classes;
    this.#groups = groups;
  }

  get parameters(): Binding {
    return this.#visit.parameters;
  }

  get accuracy(): number | undefined {
    return this.#visit.accuracy;
  }

  targets(g: number): Promise<Targets> {
    this.#targets[g] ??= this.#visit.targets(this.#groups[g].map((position) => this.#classes[position]));
    return this.#targets[g];
  }

  augmentation(position: number): Augmentation {
    this.#augmentations[position] ??= this.#visit.augmentation(this.#classes[position]);
    return this.#augmentations[position];
  }
}

function noLater(): never {
  throw new TypeError("a family of networks has no trained ones");
}
