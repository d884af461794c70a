// A part of a search space in which every choice has its share.

import { DatadamError } from "../errors.ts";
import type { Key } from "../random/index.ts";
import type { Candidate } from "./types.ts";

/**
 * `count` different candidates, drawn one after the other: always one whose choices have come least often so far, then
 * one whose pairs of choices have, then a random one. So every choice of an axis comes equally often, up to one where
 * nothing is in the way, and all are there from as many candidates on as the longest axis has choices.
 *
 * @returns in the order of `all`.
 * @throws DatadamError `INVALID_OPTION` where there are not as many.
 */
export function sampleCandidates(all: readonly Candidate[], count: number, key: Key): Candidate[] {
  if (count > all.length) {
    throw new DatadamError("INVALID_OPTION", `the space has ${all.length} architectures, fewer than ${count}`);
  }
  const counts = new Map<string, number>();
  const often = (names: readonly string[]): number => names.reduce((total, name) => total + (counts.get(name) ?? 0), 0);
  const weights = choicesOf(all);
  const left = Array.from(key.stream().permutation(all.length), (index) => ({
    index,
    singles: Object.entries(all[index].choices).map(([axis, choice]) => `${axis}=${choice}`),
  })).map((one) => ({ ...one, pairs: pairsOf(one.singles) }));
  const chosen: number[] = [];
  while (chosen.length < count) {
    let best = 0;
    let least: readonly [number, number] = [Infinity, Infinity];
    for (const [i, { singles, pairs }] of left.entries()) {
      // Of axes with few choices each comes more often: counted by what is fair.
      const single = singles.reduce((total, name) => total + (counts.get(name) ?? 0) * weights.get(axisOf(name))!, 0);
      if (single > least[0]) continue;
      const pair = often(pairs);
      if (single < least[0] || pair < least[1]) [best, least] = [i, [single, pair]];
    }
    const [{ index, singles, pairs }] = left.splice(best, 1);
    for (const name of [...singles, ...pairs]) counts.set(name, (counts.get(name) ?? 0) + 1);
    chosen.push(index);
  }
  return chosen.sort((a, b) => a - b).map((index) => all[index]);
}

/** Number of choices by axis. */
function choicesOf(all: readonly Candidate[]): Map<string, number> {
  const found = new Map<string, Set<unknown>>();
  for (const { choices } of all) {
    for (const [axis, choice] of Object.entries(choices)) found.set(axis, (found.get(axis) ?? new Set()).add(choice));
  }
  return new Map([...found].map(([axis, choices]) => [axis, choices.size]));
}

function pairsOf(names: readonly string[]): string[] {
  return names.flatMap((a, i) => names.slice(i + 1).map((b) => `${a} ${b}`));
}

function axisOf(name: string): string {
  return name.slice(0, name.indexOf("="));
}
