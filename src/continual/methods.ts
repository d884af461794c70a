// Methods by name: how the classes of a step become a few images.

import { type DistillConfig, distill } from "../distill/index.ts";
import { DatadamError } from "../errors.ts";
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

/** A distillation with some configuration. @throws DatadamError `INVALID_OPTION` for a `factor` above 1. */
export function distiller(config: Partial<DistillConfig>): Condense {
  if ((config.factor ?? 1) !== 1) {
    throw new DatadamError("INVALID_OPTION", `factor ${config.factor}: a memory keeps images as networks see them`, {
      hint: "Leave factor at 1.",
    });
  }
  return async (set, ipc, key, { engine, signal, onProgress }) => {
    const run = distill(set, {
      ...config,
      ipc,
      seed: seedOf(key),
      engine,
      ...(signal === undefined ? {} : { signal }),
    });
    for await (const { iteration, iterations } of run) onProgress?.(iteration / iterations);
    return run.result;
  };
}

/** A coreset in the features of a random network. */
function coreset(method: SelectMethod): Condense {
  return selector((set, ipc, seed, { engine, signal }) =>
    select(set, { method, ipc, seed, engine, ...(signal === undefined ? {} : { signal }) }),
  );
}

/** All methods; distillers take `config`. */
export function methods(config: Partial<DistillConfig> = {}): Readonly<Record<string, Condense>> {
  return {
    random: selector(randomSubset),
    datadam: distiller({ ...config, method: "datadam" }),
    dm: distiller({ ...config, method: "dm" }),
    dc: distiller({ ...config, method: "dc" }),
    dsa: distiller({ ...config, method: "dsa" }),
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
