// Methods by name: how the classes of a step become a few images.

import { keysFor, METHOD_NAMES, parseConfig, resolveConfig, type SharedConfig } from "../distill/config/index.ts";
import {
  type DistillConfig,
  type DistillOptions,
  distill,
  methods as distillMethods,
  type Method,
} from "../distill/index.ts";
import { DatadamError } from "../errors.ts";
import { randomSubset } from "../images/index.ts";
import type { PreparedSet, SyntheticSet } from "../images/types.ts";
import type { Key } from "../random/index.ts";
import { type SelectMethod, select } from "../select/index.ts";
import { type Encoders, trainedFamily, withRemembered } from "./encoders.ts";
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

/**
 * A distillation with some configuration, but for `ipc` and `seed`.
 *
 * @param encoders networks to match in, trained at each step on its real images and on what is remembered of earlier
 *   ones; for methods of class means, without batch norm. Default: random ones.
 */
export function distiller(config: Partial<DistillConfig>, encoders?: Encoders): Condense {
  if (encoders !== undefined && encodable(config)) return encodedDistiller(config, encoders);
  return async (set, ipc, key, { engine, signal, onProgress }) => {
    const run = distill(set, { ...config, ipc, seed: seedOf(key), engine, signal } as DistillOptions);
    for await (const { iteration, iterations } of run) onProgress?.(iteration / iterations);
    return run.result;
  };
}

/** Whether what a method takes of real images is class means. */
function encodable({ method = "datadam" }: Partial<DistillConfig>): boolean {
  return (distillMethods[method] as Method).statistics !== undefined;
}

function encodedDistiller(config: Partial<DistillConfig>, encoders: Encoders): Condense {
  const networks = encoders.networks * encoders.snapshots.length;
  return async (set, ipc, key, { engine, signal, onProgress, remembered }) => {
    const seen = withRemembered(set, await remembered?.());
    const classes = [...set.classNames.keys()];
    const settled = resolveConfig(parseConfig({ ...config, ipc, networks, seed: seedOf(key) }), seen);
    if (settled.norm === "batch") {
      throw new DatadamError("INVALID_OPTION", "encoders: with batch norm a draw is one batch of all classes", {
        hint: "Use norm instance, or random networks.",
      });
    }
    const tools = { engine, signal, onProgress: (done: number) => onProgress?.(done / 2) };
    const family = await trainedFamily(seen, settled, classes, encoders, tools);
    const run = distill(seen, { ...settled, family, classes, engine, signal } as DistillOptions);
    for await (const { iteration, iterations } of run) onProgress?.(0.5 + iteration / iterations / 2);
    return run.result;
  };
}

/** A coreset in the features of a random network. */
function coreset(method: SelectMethod): Condense {
  return selector((set, ipc, seed, { engine, signal }) => select(set, { method, ipc, seed, engine, signal }));
}

/**
 * All methods. Each distiller takes of `config` the keys that it has.
 *
 * @param encoders of the distillers: see {@link distiller}.
 */
export function methods(config: SharedConfig = {}, encoders?: Encoders): Readonly<Record<string, Condense>> {
  const distillers = METHOD_NAMES.map((method) => {
    return [method, distiller({ ...keysFor(method, config), method }, encoders)] as const;
  });
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
