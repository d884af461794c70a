// What is wrong with a configuration, in words.

import type * as z from "zod";
import { DatadamError } from "../../errors.ts";
import type { Method } from "../method.ts";
import { nearest } from "./nearest.ts";
import { keyNames, methodsWith } from "./schema.ts";

export interface Problem {
  /** The configuration key that it is about. */
  readonly key: string;
  readonly line: string;
}

/** All that is wrong with a configuration. */
export class ConfigError extends DatadamError {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    const lines = problems.map(({ line }) => line);
    super("INVALID_OPTION", linesIn("the configuration", lines));
    this.problems = problems;
  }
}

/** Problems as one message. */
export function linesIn(what: string, lines: readonly string[]): string {
  return lines.length === 1 ? lines[0]! : `${lines.length} problems in ${what}:\n  ${lines.join("\n  ")}`;
}

/** The problems of an issue. */
export function problems(issue: z.core.$ZodIssue, input: Readonly<Record<string, unknown>>, method: Method): Problem[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => ({ key, line: unknownKey(key, method) }));
  const path = issue.path.join(".");
  const got = show(issue.path.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown>)?.[part], input));
  const line = `${path === "" ? "configuration" : path}: ${expectation(issue)}, got ${got}`;
  return [{ key: String(issue.path[0] ?? ""), line }];
}

function unknownKey(key: string, method: Method): string {
  const owners = methodsWith(key);
  if (owners.length > 0) return `${key} is a key of method ${owners.join(" and ")}, not of ${method.name}`;
  const near = nearest(key, keyNames(method));
  return `unknown configuration key ${JSON.stringify(key)}${near === undefined ? "" : `; did you mean ${near}?`}`;
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
    const word = issue.expected === "int" ? "integer" : issue.expected;
    return `must be ${/^[aeio]/.test(word) ? "an" : "a"} ${word}`;
  }
  return issue.message;
}

function show(value: unknown): string {
  if (typeof value === "number" || value === undefined) return String(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
