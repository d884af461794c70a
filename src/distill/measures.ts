// What a method measures is checked before it becomes a part of events and of metrics.jsonl.

import type { Measures } from "./method.ts";

const TAKEN: readonly string[] = ["iteration", "iterations", "seconds"];

/**
 * @throws TypeError where a method measures under a name that is taken, or something that is no number and no
 * numbers.
 */
export function checkMeasures(measures: Measures, method: string): Measures {
  for (const [name, value] of Object.entries(measures)) {
    if (TAKEN.includes(name)) throw new TypeError(`method ${method}: a measure must not be called ${name}`);
    const numbers = Array.isArray(value) ? value : [value];
    if (numbers.every((one) => typeof one === "number")) continue;
    throw new TypeError(`method ${method}: the measure ${name} must be a number or an array of numbers`);
  }
  if (typeof measures.loss === "number") return measures;
  throw new TypeError(`method ${method}: measures must give the loss, a number`);
}
