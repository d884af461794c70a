// Values of files in messages: quoted, and cut where they are long.

import { LIMITS } from "./limits.ts";

/** What moves text around or cannot be seen: controls but tab and line feed, line separators, marks of direction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Text with what cannot be seen written out, as `\u202e`: names and messages on a page. */
export function seen(text: string): string {
  return text.replaceAll(UNSEEN, codeOf);
}

/** A character as JSON and JavaScript may write it. */
export function codeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

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
