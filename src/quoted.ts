// Values of files in messages: quoted, and cut where they are long.

import { LIMITS } from "./limits.ts";

/** The text, or its two ends where it is longer than `most` characters. */
export function shortened(text: string, most: number = LIMITS.quoteLength): string {
  if (text.length <= most) return text;
  const tail = Math.floor(most / 4);
  return `${text.slice(0, most - tail - 3)}...${text.slice(text.length - tail)}`;
}

/**
 * The value as JSON, cut where it is long; `nothing` for what has none. Of a list in which parts are shared, which
 * could be far longer than it is large, no more is looked at than is shown.
 */
export function quoted(value: unknown, most: number = LIMITS.quoteLength): string {
  let left = most;
  const counted = (_key: string, part: unknown): unknown => {
    if (--left < 0) throw new RangeError("too long");
    return typeof part === "bigint" ? String(part) : part;
  };
  try {
    const text = JSON.stringify(value, counted);
    return text === undefined ? "nothing" : shortened(text, most);
  } catch {
    return Array.isArray(value) ? "a long list" : "a large value"; // or it nests too deep, or holds itself
  }
}

/** Whether a problem is among those that are shown: finding the words for others would be for nothing. */
export function isShown(index: number): boolean {
  return index < LIMITS.problems;
}

/** The first lines of what is made of many, and how many more there are. */
export function firstOf<T>(all: readonly T[], lineOf: (one: T) => string): string[] {
  const shown = all.slice(0, LIMITS.problems).map(lineOf);
  return all.length > shown.length ? [...shown, `and ${all.length - shown.length} more`] : shown;
}
