// Writes one primitive in terms of others.

import { input, type Tensor } from "../tensor.ts";
import type { Emitter } from "./emitter.ts";

/**
 * Writes what `build` makes of stand-ins for `inputs`, whose values are named `names`. (Stand-ins, since a
 * simplification could otherwise look through an input and write what made it a second time.)
 *
 * @returns the name of the result.
 */
export function lower(
  emitter: Emitter,
  build: (...sources: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  names: readonly string[],
): string {
  const sources = inputs.map(({ shape }) => input("source", shape));
  const known = new Map<Tensor, string>(sources.map((source, i) => [source, names[i]]));
  const visit = (node: Tensor): string => {
    const name = known.get(node) ?? node.primitive.emit(emitter, node.inputs.map(visit), node);
    known.set(node, name);
    return name;
  };
  return visit(build(...sources));
}
