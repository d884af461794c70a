// A sweep: the same job with other values of some keys, such as seeds, each a job that stands for itself.

import { DatadamError } from "../../errors.ts";
import { lab } from "../../lab/index.ts";
import type { JobValue } from "../../lab/types.ts";
import { pointOf } from "../collect.ts";
import type { Vary } from "../types.ts";
import { type Cut, type CutStage, uncut } from "./types.ts";

/** Points of which each is checked when it is planned. */
const CHECKED = 1000;

/**
 * @param value the job as it was written: what follows from a key that varies is settled for each point.
 * @throws DatadamError INVALID_OPTION where a value is wrong
 */
export function cutSweep(value: Readonly<Record<string, unknown>>, vary: Vary): Cut {
  const count = Object.values(vary).reduce((product, values) => product * values.length, 1);
  const whole = lab.job(value);
  if (count < 2) return uncut(lab.job(withValues(value, pointOf(vary, 0))), "One point: it is planned whole.");
  const seeded = "seed" in whole;
  let last: { readonly key: string; readonly job: JobValue } | undefined;
  const made = ({ seed, ...rest }: Readonly<Record<string, unknown>>): JobValue => {
    const plain = seeded && Number.isSafeInteger(seed) && (seed as number) >= 0;
    if (!plain) return lab.job(withValues(value, { ...rest, ...(seed !== undefined && { seed }) }));
    // A seed changes nothing else of a job: with the other values the same, it is parsed once.
    const key = JSON.stringify(rest);
    if (last?.key !== key) last = { key, job: lab.job(withValues(value, { ...rest, seed })) };
    return { ...last.job, seed } as JobValue;
  };
  const stage: CutStage = {
    name: "points",
    count,
    piece(number) {
      const values = pointOf(vary, number);
      const title = Object.entries(values).map(([key, one]) => `${key} ${JSON.stringify(one)}`);
      return { title: title.join(", "), job: made(values) };
    },
    alike(number) {
      const { seed: _, ...others } = pointOf(vary, number);
      return JSON.stringify(others);
    },
  };
  for (let number = 0; number < Math.min(count, CHECKED); number++) stage.piece(number);
  return { by: "points", notes: [`${count} points, a job each.`], stages: [stage], join: { how: "list" } };
}

/** A value with others at dotted keys. @throws DatadamError INVALID_OPTION */
function withValues(
  value: Readonly<Record<string, unknown>>,
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const copy = structuredClone(value) as Record<string, unknown>;
  for (const [key, one] of Object.entries(values)) {
    const parts = key.split(".");
    const last = parts.pop()!;
    let at = copy;
    for (const part of parts) {
      at[part] ??= {};
      if (typeof at[part] !== "object" || !Object.hasOwn(at, part)) {
        throw new DatadamError("INVALID_OPTION", `${key}: ${part} of the job has no keys`);
      }
      at = at[part] as Record<string, unknown>;
    }
    at[last] = one;
  }
  return copy;
}
