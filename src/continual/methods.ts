// Methods by name: how the classes of a step become a few images.

import { keysFor, METHOD_NAMES, type SharedConfig } from "../distill/config/index.ts";
import { type DistillConfig, type DistillOptions, distill } from "../distill/index.ts";
import { randomSubset } from "../images/index.ts";
import type { PreparedSet, SyntheticSet } from "../images/types.ts";
import type { Key } from "../random/index.ts";
import { type SelectMethod, select } from "../select/index.ts";
import type { Condense, CondenseContext } from "./types.ts";

/** A choice of `ipc` real images a class. */
type Select = (
  set: PreparedSet,
  ipc: number,
  seed: number,
  context: CondenseContext,
) => SyntheticSet | Promise<SyntheticSet>;

/** Makes a choice of real images known to the protocol by one line: `herding: selector(herding)`. */
export function selector(select: Select): Condense {
  return (set, ipc, key, context) => select(set, ipc, seedOf(key), context);
}

/** A distillation with some configuration, but for `ipc` and `seed`. */
export function distiller(config: Partial<DistillConfig>): Condense {
  return async (set, ipc, key, { engine, signal, onProgress }) => {
    const run = distill(set, { ...config, ipc, seed: seedOf(key), engine, signal } as DistillOptions);
    for await (const { iteration, iterations } of run) onProgress?.(iteration / iterations);
    return run.result;
  };
}

/** A coreset in the features of a random network. */
function coreset(method: SelectMethod): Condense {
  return selector((set, ipc, seed, { engine, signal }) => select(set, { method, ipc, seed, engine, signal }));
}

/** All methods. Each distiller takes of `config` the keys that it has. */
export function methods(config: SharedConfig = {}): Readonly<Record<string, Condense>> {
  const distillers = METHOD_NAMES.map((method) => [method, distiller({ ...keysFor(method, config), method })]);
  return {
    random: selector(randomSubset),
    ...(Object.fromEntries(distillers) as Record<string, Condense>),
    herding: coreset("herding"),
    "k-center": coreset("k-center"),
    "k-means": coreset("k-means"),
  };
}

function seedOf(key: Key): number {
  return key
    .fold("seed")
    .stream()
    .integer(2 ** 53 - 1);
}
