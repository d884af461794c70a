// What is wrong with a configuration, in words.

import type * as z from "zod";
import { DatadamError } from "../../errors.ts";
import { firstOf, isShown, quoted } from "../../quoted.ts";
import type { Method } from "../method.ts";
import { nearest } from "./nearest.ts";
import { keyNames, methodsWith } from "./schema.ts";

const SHOWN = 60;

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
  if (lines.length === 1) return lines[0]!;
  return `${lines.length} problems in ${what}:\n  ${firstOf(lines, (line) => line).join("\n  ")}`;
}

/** The problems of an issue. */
export function problems(issue: z.core.$ZodIssue, input: Readonly<Record<string, unknown>>, method: Method): Problem[] {
  if (issue.code === "unrecognized_keys") {
    const lineOf = (key: string, i: number): string => (isShown(i) ? unknownKey(key, method) : quoted(key));
    return issue.keys.map((key, i) => ({ key, line: lineOf(key, i) }));
  }
  const path = issue.path.join(".");
  const got = show(issue.path.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown>)?.[part], input));
  const line = `${path === "" ? "configuration" : path}: ${expectation(issue)}, got ${got}`;
  return [{ key: String(issue.path[0] ?? ""), line }];
}

function unknownKey(key: string, method: Method): string {
  const owners = methodsWith(key);
  if (owners.length > 0) return `${key} is a key of method ${owners.join(" and ")}, not of ${method.name}`;
  const near = nearest(key, keyNames(method));
  return `unknown configuration key ${quoted(key)}${near === undefined ? "" : `; did you mean ${near}?`}`;
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
  return value === undefined ? "undefined" : quoted(value, SHOWN);
}
