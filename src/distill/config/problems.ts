// What is wrong with a configuration, in words.

import type * as z from "zod";
import { keyNames } from "./schema.ts";

/** A line for each problem that an issue tells of. */
export function problems(issue: z.core.$ZodIssue, input: Record<string, unknown>): string[] {
  if (issue.code === "unrecognized_keys") {
    const known = keyNames();
    return issue.keys.map((key) => {
      const near = nearest(key, known);
      return `unknown configuration key ${JSON.stringify(key)}${near === undefined ? "" : `; did you mean ${near}?`}`;
    });
  }
  const path = issue.path.join(".");
  const got = show(issue.path.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown>)?.[part], input));
  return [`${path === "" ? "configuration" : path}: ${expectation(issue)}, got ${got}`];
}

/** What a value of the wrong kind should have been: `must be an integer`. */
export function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_union") {
    const parts = issue.errors.flat().map((inner) => expectation(inner).replace(/^must be /, ""));
    return `must be ${[...new Set(parts)].join(" or ")}`;
  }
  if (issue.code === "invalid_value") return `must be ${issue.values.map((value) => show(value)).join(" or ")}`;
  if (issue.code === "too_small") return `must be ${issue.inclusive === false ? "above" : "at least"} ${issue.minimum}`;
  if (issue.code === "too_big") return `must be ${issue.inclusive === false ? "below" : "at most"} ${issue.maximum}`;
  if (issue.code === "invalid_type") {
    return `must be ${issue.expected === "int" ? "an integer" : `${/^[aeio]/.test(issue.expected) ? "an" : "a"} ${issue.expected}`}`;
  }
  return issue.message;
}

function show(value: unknown): string {
  if (typeof value === "number" || value === undefined) return String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** The known word nearest to `word`, if near enough to be what was meant. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[-_]/g, "");
  const wanted = plain(word);
  let best: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(wanted, plain(candidate));
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
